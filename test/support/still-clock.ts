import type { Clock } from '../../main/net/clock.ts'
import { throwIfCancelled } from '../../main/net/failure.ts'
import { patient, type RetryPolicy } from '../../main/net/retry.ts'

/** A clock whose waits are over at once and are remembered: time passes only by waiting, or by `pass`. */
export interface StillClock extends Clock {
  readonly waits: readonly number[]
  pass(milliseconds: number): void
}

export function createStillClock(): StillClock {
  const waits: number[] = []
  let now = 0
  return {
    waits,
    now: () => now,
    pass(milliseconds) {
      now += milliseconds
    },
    async wait(delayMs, signal) {
      throwIfCancelled(signal)
      waits.push(delayMs)
      now += delayMs
      await Promise.resolve()
      throwIfCancelled(signal)
    },
  }
}

/** The real policy, on a clock that does not make tests wait. */
export function impatient(clock: Clock = createStillClock()): RetryPolicy {
  return { ...patient, clock, random: () => 0.5 }
}
