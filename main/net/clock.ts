import { setTimeout as wait } from 'node:timers/promises'
import { throwIfCancelled } from './failure.ts'

/** Time as the network code sees it, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Resolves after the delay; rejects with AppError `cancelled` as soon as the signal is aborted. */
  wait(delayMs: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  async wait(delayMs, signal) {
    try {
      await wait(delayMs, undefined, signal && { signal })
    } catch (error) {
      throwIfCancelled(signal)
      throw error
    }
  },
}
