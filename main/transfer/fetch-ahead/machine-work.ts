import { cpus } from 'node:os'

/** More cores than these are not filled by what goes on here, and to look at them all would be work, too. */
const MOST_CORES = 16
const LEAST_IDLE_SHARE = 0.2
/** Where others fill the machine it may still be the line that holds up, and more connections their fair share. */
const OWN_SHARE = 0.55

/** Whether the processors are what holds things up: also by what works for these bytes besides, like drawing and hashing. */
export class MachineWork {
  #idleMs = 0
  #allMs = 0
  #own = process.cpuUsage()

  constructor() {
    this.takeIsFull()
  }

  /** Since it was last asked: whether hardly any processor time was left, and most of it went into this process. */
  takeIsFull(): boolean {
    const cores = cpus()
    if (cores.length > MOST_CORES) return false
    const { user, system } = process.cpuUsage(this.#own)
    this.#own = process.cpuUsage()
    const idleMs = sum(cores.map(({ times }) => times.idle))
    const allMs = sum(cores.flatMap(({ times }) => Object.values(times)))
    const passedMs = allMs - this.#allMs
    const idleShare = (idleMs - this.#idleMs) / passedMs
    this.#idleMs = idleMs
    this.#allMs = allMs
    return idleShare < LEAST_IDLE_SHARE && (user + system) / 1000 / passedMs >= OWN_SHARE
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
