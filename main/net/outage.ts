import { systemClock, type Clock } from './clock.ts'

/** A network that is lost for a while: everything that waits for it waits together. */
export interface Outage {
  /**
   * To be asked after failures that may be the line's: `there` when they are not, `back` after a wait, `lost` when that
   * was in vain, from then on at once. Rejects with AppError `cancelled`.
   */
  look(error: unknown, signal?: AbortSignal): Promise<'there' | 'back' | 'lost'>
}

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
  answers: (signal?: AbortSignal) => Promise<boolean>,
  clock: Clock = systemClock,
): Outage {
  const { longestWaitMs, offline, online, lookMs = LOOK_MS } = options
  let looking: Promise<'there' | 'back' | 'lost'> | undefined
  let isLost = false

  const untilBack = async (error: unknown, signal?: AbortSignal) => {
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

  return {
    async look(error, signal) {
      if (isLost) return 'lost'
      looking ??= untilBack(error, signal)
      try {
        return await looking
      } finally {
        looking = undefined
      }
    },
  }
}
