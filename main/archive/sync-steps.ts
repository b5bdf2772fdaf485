/** Bytes per step of syncing, or time where they come slowly: progress follows the medium by at most two of them. */
const STEP_BYTES = 64 * 1024 * 1024
const STEP_MS = 2_000

/** Syncs in steps beside the writing, so that progress follows the medium, and not the memory before it. */
export class SyncSteps {
  #unsyncedBytes = 0
  #lastMs = performance.now()
  #running: Promise<void> = Promise.resolve()

  /** Starts one where it is time for it. */
  async wrote(bytes: number, sync: () => Promise<void>): Promise<void> {
    this.#unsyncedBytes += bytes
    const isLate = performance.now() - this.#lastMs >= STEP_MS
    if (isLate || this.#unsyncedBytes >= STEP_BYTES) await this.start(sync)
  }

  /** Starts one now; waits only for the one before. */
  async start(sync: () => Promise<void>): Promise<void> {
    await this.#running
    this.#unsyncedBytes = 0
    this.#lastMs = performance.now()
    this.#running = sync()
    this.#running.catch(() => undefined) // met by the next one
  }

  /** Throws what the last one met. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** All of it is on the medium in another way. */
  reset(): void {
    this.#unsyncedBytes = 0
  }
}
