import { availableParallelism, cpus } from 'node:os'

/** More cores than these are not filled by what goes on here, and to look at them all would be work, too. */
const MOST_CORES = 16
const LEAST_IDLE_SHARE = 0.2
/** Where others fill the machine it may still be the line that holds up, and more connections their fair share. */
const OWN_SHARE = 0.55

/** Milliseconds of processors since some time in the past. */
export interface MachineTimes {
  /** Of them all together, as a clock passes. */
  readonly allMs: number
  /** At work, for whomever. */
  readonly busyMs: number
  /** At work for this process. */
  readonly ownMs: number
}

/** Whether the processors are what holds things up: also by what works for these bytes besides, like hashing and drawing. */
export class MachineWork {
  readonly #read: () => MachineTimes | undefined
  #before: MachineTimes | undefined

  constructor(read: () => MachineTimes | undefined = readTimes) {
    this.#read = read
  }

  /** Whether, since it was last asked, hardly any processor time was left because this process took most of it. At first, no. */
  takeIsFull(): boolean {
    const before = this.#before
    const now = this.#read()
    this.#before = now
    if (before === undefined || now === undefined) return false
    const passedMs = now.allMs - before.allMs
    return (
      1 - (now.busyMs - before.busyMs) / passedMs < LEAST_IDLE_SHARE &&
      (now.ownMs - before.ownMs) / passedMs >= OWN_SHARE
    )
  }
}

function readTimes(): MachineTimes | undefined {
  if (availableParallelism() > MOST_CORES) return undefined
  const cores = cpus()
  const own = process.cpuUsage()
  return {
    // Not the sum of what the system tells: on Linux that leaves out what waits for a drive.
    allMs: performance.now() * cores.length,
    busyMs: sum(cores.map(({ times }) => sum(Object.values(times)) - times.idle)),
    ownMs: (own.user + own.system) / 1000,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
