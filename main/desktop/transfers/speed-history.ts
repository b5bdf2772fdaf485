const mostSeconds = 120

/** Bytes that came over the line in each of the last two minutes' seconds, oldest first. */
export class SpeedHistory {
  readonly #changed: () => void
  #seconds: number[] = []
  #current = 0
  #bytes = 0
  #busySeconds = 0
  #isRunning = false
  #timer: NodeJS.Timeout | undefined

  constructor(changed: () => void) {
    this.#changed = changed
  }

  add(bytes: number): void {
    this.#current += bytes
    this.#bytes += bytes
  }

  /** Counts while anything is downloaded, and a little longer, until the graph has come to rest. */
  run(isRunning: boolean): void {
    this.#isRunning = isRunning
    if (isRunning && !this.#timer) this.#timer = setInterval(() => this.#tick(), 1000).unref()
  }

  list(): number[] {
    return [...this.#seconds]
  }

  /** What was fetched since the last call, and in how many seconds. */
  busy(): { bytes: number; seconds: number } {
    const found = { bytes: this.#bytes, seconds: this.#busySeconds }
    this.#bytes = 0
    this.#busySeconds = 0
    return found
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    this.#seconds = [...this.#seconds, this.#current].slice(-mostSeconds)
    if (this.#current > 0) this.#busySeconds += 1
    this.#current = 0
    if (!this.#isRunning && this.#seconds.slice(-5).every((bytes) => bytes === 0)) this.close()
    this.#changed()
  }
}
