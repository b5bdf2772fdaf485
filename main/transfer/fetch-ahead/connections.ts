/** How many requests may run at once, which follows from what they bring. */
export interface Connections {
  readonly allowed: number
  readonly most: number
  /** What came in a stretch of time, and for which share of it the readers waited for more. */
  tell(bytes: number, seconds: number, starvedShare: number): void
  /** What was lost in the middle is gone on with: who died once may die again, so for some seconds nothing more is put at stake. */
  goOn(): void
}

/** Windows to let a change settle, and then to measure it by. */
const SETTLE_WINDOWS = 1
const MEASURE_WINDOWS = 1
/** More connections must bring so much more, or they are taken back. */
const WORTHWHILE_GAIN = 1.12
/** Who waits for less of the time is not held up by the line. */
const STARVED_SHARE = 0.3
/** After an attempt that brought nothing, so many windows pass before the next; twice as many after each further one. */
const REST_WINDOWS = 12
const MOST_REST_WINDOWS = 320

/**
 * Finds how many connections are worth while: doubles them as long as that brings more and somebody waits for bytes, takes
 * back what brings nothing, and halves them when the far end is in trouble. Starts with one.
 */
export function createConnections(most: number): Connections & { halve(): void } {
  let allowed = 1
  let rest = 0
  let nextRest = REST_WINDOWS
  let settling = SETTLE_WINDOWS
  let measured: number[] = []
  let before: { readonly allowed: number; readonly rate: number } | undefined

  const change = (to: number): void => {
    allowed = to
    settling = SETTLE_WINDOWS
    measured = []
  }
  const conclude = (rate: number): void => {
    if (before !== undefined && rate < before.rate * WORTHWHILE_GAIN) {
      change(before.allowed)
      rest = nextRest
      nextRest = Math.min(MOST_REST_WINDOWS, nextRest * 2)
      before = undefined
      return
    }
    if (before !== undefined) nextRest = REST_WINDOWS
    before = allowed < most ? { allowed, rate } : undefined
    if (before !== undefined) change(Math.min(most, allowed * 2))
  }

  return {
    most,
    get allowed() {
      return allowed
    },
    tell(bytes, seconds, starvedShare) {
      if (rest > 0) {
        rest -= 1
        return
      }
      if (settling > 0) {
        settling -= 1
        return
      }
      if (before === undefined && (starvedShare < STARVED_SHARE || allowed >= most)) {
        measured = []
        return
      }
      measured.push(bytes / seconds)
      if (measured.length < MEASURE_WINDOWS) return
      conclude(measured.reduce((sum, each) => sum + each, 0) / measured.length)
    },
    goOn() {
      rest = Math.max(rest, REST_WINDOWS)
    },
    halve() {
      before = undefined
      rest = REST_WINDOWS
      change(Math.max(1, Math.floor(allowed / 2)))
    },
  }
}
