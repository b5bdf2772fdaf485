import type { Engine } from '../test/support/engines.ts'
import type { RealRegistry } from '../test/support/registry.ts'
import type { Contender } from './contenders.ts'

/** What a section works with. */
export interface Bench {
  readonly registry: RealRegistry
  readonly peers: readonly Contender[]
  readonly docker: Engine | undefined
  /** For outputs; on the disk that is measured. */
  readonly workFolder: string
  readonly runs: number
  /** 1 for the full sizes; less for a rehearsal. */
  readonly scale: number
  /** One line about how far it is. */
  readonly say: (line: string) => void
}

/** Gives one chapter of Markdown. */
export type Section = (bench: Bench) => Promise<string>
