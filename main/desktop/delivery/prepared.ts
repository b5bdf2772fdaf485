import type { AppError } from '../../api/errors.ts'
import type { DeliveryRow } from '../../api/shapes.ts'

/** A plan that was shown, and how it is carried out. */
export type Prepared = {
  kind: 'load' | 'push'
  /** The engine, or the place in the registry. */
  to: string
  folder: string
  rows: readonly DeliveryRow[]
  run: (track: Track, signal: AbortSignal) => Promise<void>
  /** Lets go of what the plan holds open. */
  close: () => Promise<void>
}

/** Hears how each row gets on. */
export type Track = {
  change: (id: string, change: Partial<Omit<DeliveryRow, 'id'>>) => void
  /** Why everything waits for a moment. */
  waiting: (message: string) => void
}

export function inWords({ message, hint }: AppError): { message: string; hint?: string } {
  return { message, ...(hint !== undefined && { hint }) }
}
