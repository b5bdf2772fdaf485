import { MachineWork } from './machine-work.ts'
import { ThreadWork } from './thread-work.ts'

const WINDOW_MS = 250
/** How much of the rate told is that of the last window. */
const LATEST_SHARE = 0.3
/** What is older says nothing about now. */
const TRUSTED_MS = 60_000

/** A stretch of time, and what came in it. */
export interface MeterWindow {
  readonly bytes: number
  readonly seconds: number
  /** For which share of it this thread was at work: near 1 it is not the line that holds up. */
  readonly busyShare: number
  /** Whether it was the processors that held up, and work of this process that filled them. */
  readonly isMachineFull: boolean
}

/** Measures what the line brings, window by window, while it is wanted. */
export class LineMeter {
  readonly #isBusy: () => boolean
  readonly #ended: (window: MeterWindow) => void
  #bytes = 0
  #begunMs = 0
  readonly #work = new ThreadWork()
  readonly #machine = new MachineWork()
  #timer: NodeJS.Timeout | undefined
  #bytesPerSecond: number | undefined
  #measuredMs = 0

  /** A window in which nothing was asked for says nothing about the line; `ended` is told of all. */
  constructor(isBusy: () => boolean, ended: (window: MeterWindow) => void) {
    this.#isBusy = isBusy
    this.#ended = ended
  }

  /** What it brought in the last minute; undefined where nothing was measured in that. */
  get bytesPerSecond(): number | undefined {
    return performance.now() - this.#measuredMs < TRUSTED_MS ? this.#bytesPerSecond : undefined
  }

  add(bytes: number): void {
    this.#bytes += bytes
  }

  /** No effect while it runs. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#begunMs = performance.now()
    this.#bytes = 0
    this.#work.takeShare()
    this.#machine.takeIsFull()
    this.#timer = setInterval(() => this.#tick(), WINDOW_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const now = performance.now()
    const window = {
      bytes: this.#bytes,
      seconds: (now - this.#begunMs) / 1000,
      busyShare: this.#work.takeShare(),
      isMachineFull: this.#machine.takeIsFull(),
    }
    this.#begunMs = now
    this.#bytes = 0
    if (window.bytes > 0 || this.#isBusy()) {
      this.#measuredMs = now
      const latest = window.bytes / window.seconds
      const before = this.#bytesPerSecond ?? latest
      this.#bytesPerSecond = before * (1 - LATEST_SHARE) + latest * LATEST_SHARE
    }
    this.#ended(window)
  }
}
