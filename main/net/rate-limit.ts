import { systemClock, type Clock } from './clock.ts'
import { cancelled, throwIfCancelled } from './failure.ts'

/** One limit on bytes per second that any number of streams share. */
export interface RateLimit {
  /** Undefined means no limit. May be set while streams wait: it holds from that moment on. */
  bytesPerSecond: number | undefined
  /** Resolves when the bytes may pass; undefined when they may pass at once. Rejects with AppError `cancelled`. */
  take(bytes: number, signal?: AbortSignal): Promise<void> | undefined
  /** What is to be taken one after another, so that a low rate brings little often; without a limit the whole chunk. */
  portions(chunk: Uint8Array): readonly Uint8Array[]
}

/** What may pass at once after a quiet time, in seconds of the rate. */
const BURST_SECONDS = 0.05
const PORTION_BYTES = 64 * 1024

/**
 * A token bucket that goes into debt: a chunk passes while the balance is not negative and is then paid for, so the rate
 * holds exactly in the long run whatever the size of the chunks.
 */
export function createRateLimit(bytesPerSecond?: number, clock: Clock = systemClock): RateLimit {
  let rate = bytesPerSecond
  let balance = 0
  let settledAt = clock.now()
  let rateChanged = new AbortController()
  let waiting = 0

  const settle = (): void => {
    const now = clock.now()
    const seconds = (now - settledAt) / 1000
    settledAt = now
    if (rate === undefined) return
    balance += rate * seconds
    // A late timer must not lose what it was late by: only a quiet time is capped.
    if (waiting === 0) balance = Math.min(balance, rate * BURST_SECONDS)
  }

  const pass = async (bytes: number, signal?: AbortSignal): Promise<void> => {
    for (;;) {
      throwIfCancelled(signal)
      settle()
      if (rate === undefined || balance >= 0) break
      const changed = rateChanged.signal
      const stop = signal ? AbortSignal.any([signal, changed]) : changed
      try {
        await clock.wait(Math.ceil((-balance / rate) * 1000), stop)
      } catch (error) {
        if (signal?.aborted === true) throw cancelled(signal)
        if (!changed.aborted) throw error
      }
    }
    if (rate !== undefined) balance -= bytes
  }

  return {
    get bytesPerSecond() {
      return rate
    },
    set bytesPerSecond(value) {
      settle()
      rate = value
      if (value === undefined) balance = 0
      rateChanged.abort()
      rateChanged = new AbortController()
    },
    take(bytes, signal) {
      if (rate === undefined) return undefined
      settle()
      waiting++
      return pass(bytes, signal).finally(() => waiting--)
    },
    portions(chunk) {
      if (rate === undefined || chunk.length <= PORTION_BYTES) return [chunk]
      return Array.from({ length: Math.ceil(chunk.length / PORTION_BYTES) }, (_, index) =>
        chunk.subarray(index * PORTION_BYTES, (index + 1) * PORTION_BYTES),
      )
    },
  }
}
