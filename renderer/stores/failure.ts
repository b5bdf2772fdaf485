import { CallError } from '../replicator.ts'

export type Failed = { message: string; hint?: string; code?: string }

/** An error in the words that main gave it. */
export function failureOf(error: unknown): Failed {
  if (error instanceof CallError) {
    const { message, hint, code } = error
    return hint === undefined ? { message, code } : { message, hint, code }
  }
  return { message: error instanceof Error ? error.message : String(error) }
}
