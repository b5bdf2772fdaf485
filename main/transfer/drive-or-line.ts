/** Before one of these is reached a drive is not judged: a few bytes may come from the system's cache. */
const LEAST_BYTES = 16 * 1024 * 1024
const LEAST_SECONDS = 1
/** What was read weighs half as much after so much more. */
const HALVED_BYTES = 128 * 1024 * 1024
/** So much faster than the drive the line has to be, and to stay. */
const CLEARLY_FASTER = 1.5
const STILL_FASTER = 1.2
/** From here on it is also measured how busy this program is; and no drive that holds anything up reads so fast. */
const FAST_BYTES_PER_SECOND = 80e6
/** After this time the drive is tried once more: something else may have kept it busy. */
const TRUSTED_MS = 60_000

/**
 * Weighs what reading from a drive brings against what the line brings. Reading competes with writing to the same drive,
 * and is measured as it is.
 */
export class DriveOrLine {
  readonly #now: () => number
  #bytes = 0
  #seconds = 0
  #readMs = 0
  #choice: 'drive' | 'line' = 'drive'

  constructor(now: () => number) {
    this.#now = now
  }

  /** So many bytes came from the drive, and were waited for so long. */
  read(bytes: number, seconds: number): void {
    this.#bytes += bytes
    this.#seconds += seconds
    this.#readMs = this.#now()
    if (this.#bytes >= HALVED_BYTES) this.#weigh(0.5)
  }

  /** Where to take from what the drive holds; the line only when its rate is given and clearly better. */
  choose(lineBytesPerSecond: number | undefined): 'drive' | 'line' {
    if (this.#choice === 'line' && this.#now() - this.#readMs > TRUSTED_MS) this.#weigh(0)
    this.#choice =
      lineBytesPerSecond !== undefined && lineBytesPerSecond >= this.#leastOfLine()
        ? 'line'
        : 'drive'
    return this.#choice
  }

  #leastOfLine(): number {
    const isJudged = this.#bytes >= LEAST_BYTES || this.#seconds >= LEAST_SECONDS
    const drive = this.#bytes / this.#seconds
    if (!isJudged || drive >= FAST_BYTES_PER_SECOND) return Number.POSITIVE_INFINITY
    return drive * (this.#choice === 'line' ? STILL_FASTER : CLEARLY_FASTER)
  }

  #weigh(share: number): void {
    this.#bytes *= share
    this.#seconds *= share
  }
}
