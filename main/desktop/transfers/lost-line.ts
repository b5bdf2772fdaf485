import { isOfTheLine } from '../../net/failure.ts'

/** How often a job may lose the line in the middle without getting any further. */
const mostFruitless = 5

/** Whether the line is lost: then all transfers wait, and one at a time looks whether it is back. */
export class LostLine {
  readonly #retryMs: number
  readonly #look: () => void
  /** How often a job has lost the line since it last got anything over it. */
  readonly #fruitless = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #isLost = false

  /** `look` lets one job try: it is called so long after each try that was in vain. */
  constructor(retryMs: number, look: () => void) {
    this.#retryMs = retryMs
    this.#look = look
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** It is not time yet to look again. */
  get isToWait(): boolean {
    return this.#timer !== undefined
  }

  /** Whether the line is to blame for what stopped a job, and may come back: then it is lost. */
  isToBlame(id: string, error: unknown, fetchedBytes: number): boolean {
    if (!isOfTheLine(error)) return false
    const fruitless = fetchedBytes > 0 ? 1 : (this.#fruitless.get(id) ?? 0) + 1
    this.#fruitless.set(id, fruitless)
    if (!this.#isLost && fruitless >= mostFruitless) return false
    this.#isLost = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.lookNow(), this.#retryMs)
    return true
  }

  /** Something came over it for this job, or the job is done. */
  back(id: string): void {
    this.#fruitless.delete(id)
    if (!this.#isLost) return
    this.#isLost = false
    this.lookNow()
  }

  /** The user has taken this job in hand: what was before does not count. */
  forgive(id: string): void {
    this.#fruitless.delete(id)
  }

  lookNow(): void {
    this.stopWaiting()
    this.#look()
  }

  stopWaiting(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
