/** How many requests may run at once, as the far end bears it. */
export interface ConnectionCount {
  readonly current: number
  /** A request ended well, with so much: bytes, or 1 where each is worth the same. */
  succeeded(amount: number): void
  /** The far end wants less: a 429, or no answer in time. */
  slowDown(): void
}

export interface ConnectionLimits {
  readonly most: number
  /** As many as may be at first, by default. */
  readonly first?: number
  /** Told whenever `current` has changed. */
  readonly changed?: () => void
  readonly now?: () => number
}

/** What ends within this time of a refusal was asked before it: it neither counts again nor proves that more is borne. */
const ONE_EVENT_MS = 1000

/** Less of a gain than this is noise, and not worth a connection. */
const LEAST_GAIN = 1.05

/** So many rounds pass before a step that did not help is tried again. */
const ROUNDS_BETWEEN_TRIES = 8

/**
 * Additive increase, multiplicative decrease, as TCP does it (RFC 5681, 3.1): half as many when the far end wants less, one
 * more after each round that went well, taken back where it did not help. A round is as many answers as run at once.
 */
export function createConnectionCount(limits: ConnectionLimits): ConnectionCount {
  const { most, first = most, changed, now = () => performance.now() } = limits
  let current = Math.min(first, most)
  let round = { beganMs: now(), ended: 0, amount: 0 }
  let slowedMs = Number.NEGATIVE_INFINITY
  /** Amount for each millisecond of the round before the last step up; undefined when there was none. */
  let before: number | undefined
  let roundsToWait = 0

  const isJustSlowed = (): boolean => now() - slowedMs < ONE_EVENT_MS

  const set = (count: number): void => {
    round = { beganMs: now(), ended: 0, amount: 0 }
    if (count === current) return
    current = count
    changed?.()
  }

  const endRound = (): void => {
    const rate = round.amount / Math.max(1, now() - round.beganMs)
    const helped = before === undefined || rate >= before * LEAST_GAIN
    before = undefined
    if (!helped) {
      roundsToWait = ROUNDS_BETWEEN_TRIES
      set(current - 1)
    } else if (roundsToWait > 0 || current >= most) {
      roundsToWait = Math.max(0, roundsToWait - 1)
      set(current)
    } else {
      before = rate
      set(current + 1)
    }
  }

  return {
    get current() {
      return current
    },
    succeeded(amount) {
      if (isJustSlowed()) return
      round.ended += 1
      round.amount += amount
      if (round.ended >= current) endRound()
    },
    slowDown() {
      if (isJustSlowed()) return
      slowedMs = now()
      before = undefined
      roundsToWait = 0
      set(Math.max(1, Math.floor(current / 2)))
    },
  }
}
