import { performance as thread, type EventLoopUtilization } from 'node:perf_hooks'

type Loop = (since?: EventLoopUtilization, until?: EventLoopUtilization) => EventLoopUtilization

/** How much of what the process needs of the processor is this thread's; the rest is mostly hashing beside it. */
const THREAD_SHARE = 0.75

/** How busy this thread is: near 1 it is what holds things up, whatever it waits for besides. */
export class ThreadWork {
  readonly #loop: Loop
  #before: EventLoopUtilization
  #cpu = process.cpuUsage()
  #beganMs = performance.now()

  constructor(loop: Loop = (...between) => thread.eventLoopUtilization(...between)) {
    this.#loop = loop
    this.#before = loop()
  }

  /** For which share of the time since it was last asked the thread was at work, 0 to 1. */
  takeShare(): number {
    const loop = this.#loop()
    const { utilization } = this.#loop(loop, this.#before)
    this.#before = loop
    const { user, system } = process.cpuUsage(this.#cpu)
    const wallMs = performance.now() - this.#beganMs
    this.#cpu = process.cpuUsage()
    this.#beganMs += wallMs
    if (loop.active > 0) return utilization
    // Electron's first thread has a loop of its own, which Node does not measure.
    return Math.min(1, ((user + system) / 1000 / wallMs) * THREAD_SHARE)
  }
}
