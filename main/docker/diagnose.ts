import type { AppError } from '../api/errors.ts'
import { formatEngineAddress } from './address.ts'
import type { ContainerEngine, EngineFacts } from './engine.ts'
import type { FoundEngines } from './find-engines.ts'

/** What a machine has to load images into, as `doctor --json` prints it. */
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

export function diagnose(found: FoundEngines): Diagnosis {
  const all = probesOf(found)
  return {
    engines: answering(found).map(({ facts }) => facts),
    problems: all.flatMap(({ where, ...one }) =>
      one.state === 'fails'
        ? [{ where, message: one.error.message, hint: one.error.hint ?? null }]
        : [],
    ),
    looked: all.flatMap(({ state, where }) => (state === 'absent' ? [where] : [])),
  }
}

/** Those that can be used. */
export function answering(found: FoundEngines): ContainerEngine[] {
  return probesOf(found).flatMap((one) => (one.state === 'answers' ? [one.engine] : []))
}

type Asked = { readonly where: string } & (
  | { readonly state: 'answers'; readonly engine: ContainerEngine }
  | { readonly state: 'fails'; readonly error: AppError }
  | { readonly state: 'absent' }
)

function probesOf({ probes, podman, containerd }: FoundEngines): Asked[] {
  return [
    ...probes.map((one) => ({
      ...one,
      where: `${one.candidate.origin} at ${formatEngineAddress(one.candidate.address)}`,
    })),
    { where: 'the podman command', ...podman },
    ...containerd.map((one) => ({ ...one, where: `containerd at ${one.socket}` })),
  ]
}
