import { isOfTheLine } from '../../net/failure.ts'

/** How often a job may lose the line in the middle without getting any further. */
const mostFruitless = 5

/** Whether the line is lost: then all transfers wait, and one at a time looks whether it is back. */
export class LostLine {
  readonly #retryMs: number
  readonly #look: () => void
  /** How often a job has lost the line since it last got anything. */
  readonly #fruitless = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #isLost = false

  /** `look` lets one job try; so long after each that was in vain. */
  constructor(retryMs: number, look: () => void) {
    this.#retryMs = retryMs
    this.#look = look
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** It is not time yet to look again. */
  get isToWait(): boolean {
    return this.#isLost && this.#timer !== undefined
  }

  /** Whether what stopped a job is of the line, and may pass: then the line is lost. */
  stopped(id: string, error: unknown, fetchedBytes: number): boolean {
    const fruitless = fetchedBytes > 0 ? 1 : (this.#fruitless.get(id) ?? 0) + 1
    this.#fruitless.set(id, fruitless)
    if (!isOfTheLine(error) || (!this.#isLost && fruitless >= mostFruitless)) return false
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

  /** The user wants this job tried again. */
  forgive(id: string): void {
    this.#fruitless.delete(id)
  }

  lookNow(): void {
    this.close()
    this.#look()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
