import PQueue from 'p-queue'
import { createConnectionCount } from './connection-count.ts'
import { NetworkError, StatusError } from './failure.ts'

/** Runs an action when its turn comes. */
export type InTurn = <T>(action: () => Promise<T>) => Promise<T>

/** Requests at once: `most` of them, fewer while the far end wants less. */
export interface Turns {
  readonly inTurn: InTurn
  /** A request failed, and is tried again within its turn. */
  failed(error: unknown): void
}

export function createTurns(most: number): Turns {
  const queue = new PQueue({ concurrency: most })
  const count = createConnectionCount({
    most,
    changed: () => {
      queue.concurrency = count.current
    },
  })
  return {
    inTurn: (action) =>
      queue.add(async () => {
        const result = await action()
        count.succeeded(1)
        return result
      }),
    failed(error) {
      if (wantsLess(error)) count.slowDown()
    },
  }
}

/** A far end that is asked too much says 429, or nothing in time. */
export function wantsLess(error: unknown): boolean {
  return error instanceof StatusError
    ? error.status === 429
    : error instanceof NetworkError && error.kind === 'timeout'
}
