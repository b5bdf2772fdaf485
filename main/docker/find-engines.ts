import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { engineCandidates, type Surroundings } from './candidates.ts'
import { CONTAINERD_SOCKETS, containerdProgram } from './containerd-program.ts'
import { readContexts } from './contexts.ts'
import type { ContainerEngine, EngineKind } from './engine.ts'
import { podmanProgram } from './podman-program.ts'
import { probe, type Probe } from './probe.ts'

/** What a machine has to run containers with. */
export interface FoundEngines {
  /** Sockets with Docker's API, those that nobody answers at included. */
  readonly probes: readonly Probe[]
  /** The podman command, where it is installed. */
  readonly podman: ProgramProbe
  /** Each containerd whose socket is there. */
  readonly containerd: readonly (ProgramProbe & { readonly socket: string })[]
}

export type ProgramProbe =
  | { readonly state: 'answers'; readonly engine: ContainerEngine }
  | { readonly state: 'fails'; readonly error: AppError }
  | { readonly state: 'absent' }

export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly home?: string
  /** Of containerd; `default` when absent. */
  readonly namespace?: string
  readonly containerdSockets?: readonly string[]
}

/** Looks everywhere at once. Throws AppError `usage` for a DOCKER_HOST that is none, and the signal's reason. */
export async function findEngines(
  options: FindOptions = {},
  signal?: AbortSignal,
): Promise<FoundEngines> {
  const { namespace = 'default' } = options
  const [probes, podman, containerd] = await Promise.all([
    surroundings(options).then((around) =>
      Promise.all(engineCandidates(around).map((candidate) => probe(candidate, signal))),
    ),
    program(podmanProgram([], signal), signal),
    Promise.all(
      containerdSockets(options).map(async (socket) => ({
        socket,
        ...(await program(containerdProgram({ socket, namespace }, signal), signal)),
      })),
    ),
  ])
  return { probes, podman, containerd: containerd.filter(({ state }) => state !== 'absent') }
}

/**
 * The engine to load into: of the wanted kind, or else the one that the user named (DOCKER_HOST, a context), Docker, Podman,
 * containerd. Where the user named a Docker, no other is taken. Throws AppError `engine` or `denied`, with what to do.
 */
export async function chooseEngine(
  wanted: EngineKind | undefined,
  options: FindOptions = {},
  signal?: AbortSignal,
): Promise<ContainerEngine> {
  const { probes, podman, containerd } = await findEngines(options, signal)
  const chosen = probes.find(({ candidate }) => candidate.isChosen)
  const isWanted = (kind: EngineKind): boolean => wanted === undefined || kind === wanted
  if (chosen?.state === 'fails' && isWanted('docker')) throw chosen.error
  const programs = [podman, ...containerd]
  const engines = [...probes, ...programs].flatMap((one) =>
    one.state === 'answers' ? [one.engine] : [],
  )
  const own = chosen?.state === 'answers' ? chosen.engine : undefined
  const rank = (engine: ContainerEngine): number =>
    engine === own ? -1 : ORDER.indexOf(engine.facts.kind)
  const [best] = engines
    .filter(({ facts }) => isWanted(facts.kind))
    .filter((engine) => engine === own || own === undefined || engine.facts.kind !== 'docker')
    .toSorted((a, b) => rank(a) - rank(b))
  if (best !== undefined) return best
  const failed = [
    ...(isWanted('docker') ? probes : []),
    ...(isWanted('podman') ? [podman] : []),
    ...(isWanted('containerd') ? containerd : []),
  ].find((one) => one.state === 'fails')
  throw failed?.error ?? nothingFound(wanted)
}

const ORDER: readonly EngineKind[] = ['docker', 'podman', 'containerd']

export function nothingFound(wanted?: EngineKind): AppError {
  const names = { docker: 'Docker', podman: 'Podman', containerd: 'containerd' }
  const what = wanted === undefined ? 'No container engine' : `No ${names[wanted]}`
  return new AppError('engine', `${what} answers on this machine.`, {
    hint:
      wanted === 'containerd'
        ? 'Start containerd; its ctr command must be installed.'
        : 'Start Docker (sudo systemctl start docker, or Docker Desktop) or install Podman; for one elsewhere set DOCKER_HOST.',
  })
}

async function surroundings({
  env = process.env,
  home = homedir(),
}: FindOptions): Promise<Surroundings> {
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker')
  return {
    platform: process.platform,
    env,
    home,
    uid: process.getuid?.(),
    contexts: await readContexts(folder),
  }
}

/** `CONTAINERD_ADDRESS` is what ctr itself goes by. */
function containerdSockets({
  env = process.env,
  containerdSockets: given,
}: FindOptions): readonly string[] {
  const named = env['CONTAINERD_ADDRESS']
  if (given !== undefined) return given
  if (process.platform === 'win32') return []
  return named ? [named] : CONTAINERD_SOCKETS
}

async function program(
  asking: Promise<ContainerEngine>,
  signal?: AbortSignal,
): Promise<ProgramProbe> {
  try {
    return { state: 'answers', engine: await asking }
  } catch (error) {
    signal?.throwIfAborted()
    const failure =
      error instanceof AppError ? error : new AppError('engine', String(error), { cause: error })
    return failure.code === 'not-found' ? { state: 'absent' } : { state: 'fails', error: failure }
  }
}
