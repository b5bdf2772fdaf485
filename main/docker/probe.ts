import { hostname } from 'node:os'
import type Dockerode from 'dockerode'
import { AppError } from '../api/errors.ts'
import { z } from 'zod'
import { toldFreeBytesOf } from '../disk/space.ts'
import { formatEngineAddress } from './address.ts'
import type { Candidate } from './candidates.ts'
import { connect } from './connect.ts'
import type { EngineFacts } from './engine.ts'
import { engineFailure } from './failure.ts'
import { within } from './within.ts'
import { scratchPlace } from './scratch.ts'
import { socketEngine, type SocketEngine } from './socket-engine.ts'

/** What became of asking at one place. */
export type Probe =
  | { readonly state: 'answers'; readonly candidate: Candidate; readonly engine: SocketEngine }
  /** Something is there, and it does not let us in or does not answer well. */
  | { readonly state: 'fails'; readonly candidate: Candidate; readonly error: AppError }
  | { readonly state: 'absent'; readonly candidate: Candidate }

/** Asks at one place for version and storage. Rejects with the signal's reason only. */
export async function probe(candidate: Candidate, signal?: AbortSignal): Promise<Probe> {
  const name = `The engine at ${formatEngineAddress(candidate.address)}`
  const timeoutMs = candidate.address.kind === 'ssh' ? 40_000 : 10_000
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    // A client of its own: its time limit would end a load that says nothing for long. ssh has limits of its own.
    const isSsh = candidate.address.kind === 'ssh'
    const asking = await connect(candidate.address, isSsh ? undefined : timeoutMs)
    const until = signal ? AbortSignal.any([signal, timeout]) : timeout
    const answers = Promise.all([asking.version(), asking.info()])
    const [version, info] = await within(answers, until)
    const facts = await factsOf(
      candidate,
      versionSchema.parse(version),
      infoSchema.parse(info),
      async () => await within(copiesThrough(asking), until),
    )
    return {
      state: 'answers',
      candidate,
      engine: socketEngine(await connect(candidate.address), candidate.address, facts),
    }
  } catch (cause) {
    signal?.throwIfAborted()
    const error = timeout.aborted
      ? new AppError('engine', `${name} does not answer in time.`, { cause })
      : cause instanceof z.ZodError
        ? new AppError('engine', `${name} does not speak Docker's API.`, { cause })
        : engineFailure(cause, name)
    const isAbsent = isNoSocket(cause) && !candidate.isChosen
    return isAbsent ? { state: 'absent', candidate } : { state: 'fails', candidate, error }
  }
}

/** A socket that nothing listens on is what an engine leaves that was stopped. */
function isNoSocket(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR'
}

const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string().optional(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
})

const infoSchema = z.object({
  Driver: z.string().optional(),
  DriverStatus: z.array(z.array(z.string())).nullish(),
  DockerRootDir: z.string().optional(),
  /** Of the machine that it runs on. */
  Name: z.string().optional(),
})

async function factsOf(
  { origin, address }: Candidate,
  version: z.infer<typeof versionSchema>,
  { Driver, DriverStatus, DockerRootDir, Name }: z.infer<typeof infoSchema>,
  scratchFolder: () => Promise<string | undefined>,
): Promise<EngineFacts> {
  const isPodman = version.Components?.some((part) => part.Name === 'Podman Engine') === true
  // Docker Desktop and its like run on a machine within this one, and so does what is asked from within a container.
  const isHere = address.kind === 'socket' && Name === hostname()
  const freeBytes = isHere && DockerRootDir ? await toldFreeBytesOf(DockerRootDir) : undefined
  const scratch =
    isPodman && isHere && DockerRootDir
      ? await scratchPlace(await scratchFolder(), DockerRootDir)
      : undefined
  return {
    kind: isPodman ? 'podman' : 'docker',
    name: `${isPodman ? 'Podman' : 'Docker'} ${version.Version}`,
    version: version.Version,
    ...(version.ApiVersion !== undefined && { apiVersion: version.ApiVersion }),
    origin,
    address: formatEngineAddress(address),
    ...(Driver && { storageDriver: Driver }),
    ...(DockerRootDir && { storageFolder: DockerRootDir }),
    ...(freeBytes !== undefined && { freeBytes }),
    ...(scratch && { scratch }),
    hasContainerdStore:
      DriverStatus?.some(
        ([key, value]) => key === 'driver-type' && value?.includes('snapshotter'),
      ) === true,
  }
}

/** Podman's temporary folder, of which it tells in its own API only. */
async function copiesThrough(client: Dockerode): Promise<string | undefined> {
  const question = {
    path: '/v4.0.0/libpod/info',
    method: 'GET',
    statusCodes: { 200: true },
  }
  const told = await new Promise<unknown>((resolve) => {
    client.modem.dial(question, (error, answer) => resolve(error ? undefined : answer))
  })
  return podmanSchema.safeParse(told).data?.store.imageCopyTmpDir
}

const podmanSchema = z.object({ store: z.object({ imageCopyTmpDir: z.string() }) })
