import type { ContainerEngine, EngineFacts } from '../docker/engine.ts'
import { findEngines, nothingFound, type FoundEngines } from '../docker/find-engines.ts'
import { formatEngineAddress } from '../docker/address.ts'
import type { AppError } from '../api/errors.ts'
import { formatBytes } from '../format.ts'
import { explain, type Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'

/** What this machine has to load images into. Returns 0 when any engine answers, else 1. */
export async function doctorCommand(
  { json }: { json: boolean },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const found = diagnose(await findEngines({}, signal))
  if (json) output.print(printableJson(found))
  else for (const line of linesOf(found)) output.print(printable(line))
  return found.engines.length > 0 ? 0 : 1
}

/** What `doctor --json` prints. */
export interface Diagnosis {
  readonly engines: readonly EngineFacts[]
  /** There, but not to be used as it is. */
  readonly problems: readonly {
    readonly where: string
    readonly message: string
    readonly hint: string | null
  }[]
  /** Where nobody answered. */
  readonly looked: readonly string[]
}

function diagnose({ probes, podman, containerd }: FoundEngines): Diagnosis {
  const programs = [
    { where: 'the podman command', ...podman },
    ...containerd.map((one) => ({ ...one, where: `containerd at ${one.socket}` })),
  ]
  const sockets = probes.map((one) => ({
    ...one,
    where: `${one.candidate.origin} at ${formatEngineAddress(one.candidate.address)}`,
  }))
  const all: readonly Asked[] = [...sockets, ...programs]
  return {
    engines: all.flatMap((one) => (one.state === 'answers' ? [one.engine.facts] : [])),
    problems: all.flatMap(({ where, ...one }) =>
      one.state === 'fails'
        ? [{ where, message: one.error.message, hint: one.error.hint ?? null }]
        : [],
    ),
    looked: all.flatMap(({ state, where }) => (state === 'absent' ? [where] : [])),
  }
}

type Asked = { readonly where: string } & (
  | { readonly state: 'answers'; readonly engine: ContainerEngine }
  | { readonly state: 'fails'; readonly error: AppError }
  | { readonly state: 'absent' }
)

function linesOf({ engines, problems, looked }: Diagnosis): string[] {
  const none = engines.length === 0 && problems.length === 0 ? explain(nothingFound()) : []
  return [
    ...engines.flatMap(engineLines),
    ...problems.flatMap(({ where, message, hint }) => [
      `problem: ${where}`,
      `  ${message}`,
      ...(hint === null ? [] : [`  ${hint}`]),
    ]),
    ...none,
    ...(looked.length > 0 ? [`Nothing answers as ${looked.join('; ')}.`] : []),
  ]
}

function engineLines(facts: EngineFacts): string[] {
  const { name, origin, address, apiVersion, storageDriver, storageFolder, freeBytes } = facts
  const api = apiVersion === undefined ? '' : `, API ${apiVersion}`
  const free = freeBytes === undefined ? 'free space unknown' : `${formatBytes(freeBytes)} free`
  const storage =
    storageFolder === undefined
      ? []
      : [`  stores in ${storageFolder}${storageDriver ? ` (${storageDriver})` : ''}, ${free}`]
  return [`${name}${api}`, `  ${origin}, ${address}`, ...storage]
}
