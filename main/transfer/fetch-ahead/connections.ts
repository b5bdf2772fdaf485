import type { MeterWindow } from './line-meter.ts'

/** How many requests may run at once, which follows from what they bring. */
export interface Connections {
  readonly allowed: number
  readonly most: number
  /** For some seconds after `goOn`. */
  readonly isCareful: boolean
  /** What came in a stretch of time, and for which share of it the readers waited for more. */
  tell(window: MeterWindow, starvedShare: number): void
  /** What was lost in the middle is gone on with: who died once may die again, so for some seconds nothing is put at stake. */
  goOn(): void
}

/** Windows to let a change settle, before one by which it is measured. */
const SETTLE_WINDOWS = 1
/** More connections must bring so much more, or they are taken back. */
const WORTHWHILE_GAIN = 1.12
/** So many windows may show it: many connections take some time to open. */
const MOST_LOOKS = 2
/** Who waits for less of the time is not held up by the line. */
const STARVED_SHARE = 0.3
/** A thread that is at work for more of the time gains little from more connections, and each costs it some. */
const BUSY_SHARE = 0.75
/** After an attempt that brought nothing, so many windows pass before the next; twice as many after each further one. */
const FIRST_REST_WINDOWS = 6
const MOST_REST_WINDOWS = 320
/** After trouble at the far end. */
const TROUBLED_WINDOWS = 12
const CAREFUL_WINDOWS = 12

/** So many times as many are tried: few attempts find many, and one too far is taken back. */
const GROWTH = 4

/**
 * Finds how many connections are worth while: multiplies them as long as that brings more, somebody waits for bytes and
 * thread and machine have time for them, takes back what brings nothing, and halves them when the far end is in trouble.
 * Starts with one.
 */
export function createConnections(most: number): Connections & { halve(): void } {
  let allowed = 1
  let careful = 0
  let rest = 0
  let nextRest = FIRST_REST_WINDOWS
  let settling = SETTLE_WINDOWS
  let looks = 0
  let before: { readonly allowed: number; readonly rate: number } | undefined

  const change = (to: number): void => {
    allowed = to
    settling = SETTLE_WINDOWS
    looks = 0
  }
  const conclude = (rate: number, isLineTheLimit: boolean): void => {
    if (before !== undefined && rate < before.rate * WORTHWHILE_GAIN) {
      looks += 1
      if (looks < MOST_LOOKS) return
      change(before.allowed)
      rest = nextRest
      nextRest = Math.min(MOST_REST_WINDOWS, nextRest * 2)
      before = undefined
      return
    }
    if (before !== undefined) nextRest = FIRST_REST_WINDOWS
    before = isLineTheLimit && allowed < most ? { allowed, rate } : undefined
    if (before !== undefined) change(Math.min(most, allowed * GROWTH))
  }

  return {
    most,
    get allowed() {
      return allowed
    },
    get isCareful() {
      return careful > 0
    },
    tell({ bytes, seconds, busyShare, isMachineFull }, starvedShare) {
      if (careful > 0) {
        careful -= 1
        return
      }
      if (rest > 0) {
        rest -= 1
        return
      }
      if (settling > 0) {
        settling -= 1
        return
      }
      const isLineTheLimit =
        starvedShare >= STARVED_SHARE && busyShare <= BUSY_SHARE && !isMachineFull
      if (before === undefined && !(isLineTheLimit && allowed < most)) return
      conclude(bytes / seconds, isLineTheLimit)
    },
    goOn() {
      careful = CAREFUL_WINDOWS
    },
    halve() {
      before = undefined
      rest = TROUBLED_WINDOWS
      change(Math.max(1, Math.floor(allowed / 2)))
    },
  }
}
