import { setTimeout as wait } from 'node:timers/promises'

/** Holds senders to a rate; one for each connection and one shared by all. The rate is read anew each time. */
export class Pace {
  readonly #bytesPerSecond: () => number
  #freeAt = 0

  constructor(bytesPerSecond: () => number) {
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Resolves when so many more bytes may be sent. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const rate = this.#bytesPerSecond()
    if (rate <= 0) return
    const now = performance.now()
    const start = Math.max(now, this.#freeAt)
    this.#freeAt = start + (bytes / rate) * 1000
    if (start > now) await wait(start - now, undefined, { signal })
  }
}
