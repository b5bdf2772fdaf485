import { abandonable } from './abandonable.ts'
import { systemClock, type Clock } from './clock.ts'

/** A network that is lost for a while: everything that waits for it waits together. */
export interface Outage {
  /**
   * To be asked after failures that may be the line's: `there` when they are not, `back` after a wait, `lost` when that
   * was in vain, from then on at once. Rejects with AppError `cancelled`.
   */
  look(error: unknown, signal?: AbortSignal): Promise<Standing>
}

export type Standing = 'there' | 'back' | 'lost'

export interface OutageOptions {
  readonly longestWaitMs: number
  /** Told once for each outage, with the failure that it was noticed by. */
  readonly offline?: (error: unknown) => void
  readonly online?: () => void
  /** Between two looks. */
  readonly lookMs?: number
}

const LOOK_MS = 10_000

/** `answers` tells whether anything at the far end of the line does, in whatever way. */
export function createOutage(
  options: OutageOptions,
  answers: (signal: AbortSignal) => Promise<boolean>,
  clock: Clock = systemClock,
): Outage {
  const { longestWaitMs, offline, online, lookMs = LOOK_MS } = options
  let shared: Wait | undefined
  let isLost = false

  const untilBack = async (error: unknown, signal: AbortSignal): Promise<Standing> => {
    if (await answers(signal)) return 'there'
    const endMs = clock.now() + longestWaitMs
    if (longestWaitMs > 0) offline?.(error)
    for (let leftMs = longestWaitMs; leftMs > 0; leftMs = endMs - clock.now()) {
      await clock.wait(Math.min(lookMs, leftMs), signal)
      if (!(await answers(signal))) continue
      online?.()
      return 'back'
    }
    isLost = true
    return 'lost'
  }

  const begin = (error: unknown): Wait => {
    const stop = new AbortController()
    return { result: untilBack(error, stop.signal), stop, waiters: 0 }
  }

  return {
    async look(error, signal) {
      if (isLost) return 'lost'
      const wait = (shared ??= begin(error))
      wait.waiters += 1
      try {
        return await abandonable(wait.result, signal)
      } finally {
        wait.waiters -= 1
        // Who leaves does not end it for the others; the last one does.
        if (wait.waiters === 0) {
          wait.stop.abort()
          shared = undefined
        }
      }
    },
  }
}

interface Wait {
  readonly result: Promise<Standing>
  readonly stop: AbortController
  waiters: number
}
