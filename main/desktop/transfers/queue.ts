import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../api/errors.ts'
import { FolderOccupied } from '../../disk/lock.ts'
import type { Keep } from '../ports.ts'
import type { Kept } from '../kept.ts'
import { Attempt } from './attempt.ts'
import type { Job, RunningPhase } from './job-schema.ts'
import { failureOf } from './failure.ts'
import { interrupted, isEnded, isSameWork, move, type Move } from './job.ts'
import { LostLine } from './lost-line.ts'
import { Occupied } from './occupied.ts'
import type { Run } from './run.ts'

export type QueueParts = {
  keep: Keep<Kept['transfers']>
  /** Brings one job to its end; throws what stops it. */
  run: Run
  /** How many at once. */
  jobs: () => number
  changed: () => void
  /** A job was done or failed by itself. */
  ended: (job: Job) => void
  log: (line: string, error?: unknown) => void
  /** Between two looks whether the line is back. */
  offlineRetryMs?: number
  /** Between two looks whether another process has left a folder. */
  occupiedRetryMs?: number
}

export type NewJob = Omit<Job, 'id' | 'state'>

/**
 * All transfers. The only writer of jobs: every change is a move, kept on disk before anything acts on it. That one runs is
 * not kept: it would wait again when the application ended.
 */
export class Queue {
  readonly #parts: QueueParts
  readonly #attempts = new Map<string, Attempt>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #occupied = new Occupied()
  readonly #line: LostLine
  #jobs: readonly Job[]
  #isClosing = false

  constructor(parts: QueueParts) {
    this.#parts = parts
    this.#line = new LostLine(parts.offlineRetryMs ?? 10_000, () => this.#next())
    this.#jobs = parts.keep.get().jobs.map(interrupted)
  }

  get jobs(): readonly Job[] {
    return this.#jobs
  }

  /** Everything that is left was paused by the user. */
  get isPaused(): boolean {
    const { jobs } = this
    return (
      jobs.some(({ state }) => state.kind === 'paused') &&
      !jobs.some(({ state }) => state.kind === 'waiting' || state.kind === 'running')
    )
  }

  get isOffline(): boolean {
    return this.#line.isLost
  }

  attempt(id: string): Attempt | undefined {
    return this.#attempts.get(id)
  }

  /** Why a job that waits does not begin, where it is not for want of a place in the queue. */
  waitsFor({ state, folder }: Job): string | undefined {
    return state.kind === 'waiting' ? this.#occupied.why(folder) : undefined
  }

  add(added: readonly NewJob[]): void {
    const fresh = added.map((one): Job => {
      return { ...one, id: randomUUID(), state: { kind: 'waiting' } }
    })
    // What has ended is replaced by its repetition; what has not is not done twice.
    const kept = this.jobs.filter(
      (job) => !isEnded(job) || !fresh.some((one) => isSameWork(one, job)),
    )
    this.#set([...kept, ...fresh.filter((one) => !kept.some((job) => isSameWork(one, job)))])
    this.#next()
  }

  /** Runs what waits. */
  start(): void {
    this.#next()
  }

  move(
    ids: readonly string[] | 'all',
    step: Move & { do: 'pause' | 'resume' | 'cancel' | 'retry' },
  ): void {
    const isMeant = (job: Job): boolean => ids === 'all' || ids.includes(job.id)
    const before = this.jobs
    this.#set(before.map((job) => (isMeant(job) ? move(job, step) : job)))
    for (const job of this.jobs) {
      if (isMeant(job) && job.state.kind !== 'running') this.#abort(job.id)
      if (isMeant(job)) this.#line.forgive(job.id)
    }
    if (step.do === 'resume' || step.do === 'retry') {
      this.#occupied.clear()
      this.#line.lookNow()
    }
    this.#next()
  }

  /** Takes what has ended off the list. */
  clear(): void {
    this.#set(this.jobs.filter((job) => !isEnded(job)))
  }

  /** Up or down among those that have not ended. */
  shift(id: string, by: -1 | 1): void {
    const jobs = [...this.jobs]
    const from = jobs.findIndex((job) => job.id === id)
    let to = from + by
    while (jobs[to] && isEnded(jobs[to] as Job)) to += by
    const [job, other] = [jobs[from], jobs[to]]
    if (!job || !other || isEnded(job)) return
    jobs[from] = other
    jobs[to] = job
    this.#set(jobs)
    this.#next()
  }

  /** Ends what runs; it waits again, and goes on with the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#line.stopWaiting()
    this.#occupied.clear()
    for (const id of this.#running.keys()) this.#abort(id)
    await Promise.all(this.#running.values())
  }

  /** Resolves when this job does not run any more; whether it was cancelled meanwhile, and nothing else. */
  async cancelled(id: string): Promise<boolean> {
    await this.#running.get(id)
    return this.#job(id)?.state.kind === 'cancelled'
  }

  /** Resolves when nothing runs. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  #next(): void {
    if (this.#isClosing) return
    // Without a line one job at a time looks whether it is back.
    const most = this.#line.isLost ? 1 : this.#parts.jobs()
    for (const job of this.jobs) {
      if (this.#running.size >= most || this.#line.isToWait) return
      if (job.state.kind !== 'waiting' || this.#running.has(job.id)) continue
      if (this.#occupied.why(job.folder) !== undefined) continue
      this.#apply(job.id, { do: 'start' })
      const attempt = new Attempt()
      this.#attempts.set(job.id, attempt)
      this.#running.set(job.id, this.#run(job, attempt))
    }
  }

  async #run(job: Job, attempt: Attempt): Promise<void> {
    const { signal } = attempt.controller
    try {
      const { file } = await this.#parts.run(job, attempt, {
        entered: (phase: RunningPhase) => this.#apply(job.id, { do: 'enter', phase }),
        progressed: () => {
          if (attempt.fetchedBytes > 0) this.#line.back(job.id)
          this.#parts.changed()
        },
      })
      this.#line.back(job.id)
      this.#apply(job.id, { do: 'finish', file, fetchedBytes: attempt.fetchedBytes })
      this.#parts.ended(this.#job(job.id) ?? job)
    } catch (error) {
      if (signal.aborted) this.#apply(job.id, { do: 'interrupt' })
      else this.#stopped(job, error, attempt)
    } finally {
      const { kind } = this.#job(job.id)?.state ?? {}
      // What waits or is paused still shows how far it was.
      if (kind === undefined || kind === 'done' || kind === 'cancelled')
        this.#attempts.delete(job.id)
      this.#running.delete(job.id)
      this.#parts.changed()
      this.#next()
    }
  }

  #stopped(job: Job, error: unknown, attempt: Attempt): void {
    if (error instanceof FolderOccupied) {
      this.#apply(job.id, { do: 'interrupt' })
      const retryMs = this.#parts.occupiedRetryMs ?? 3_000
      this.#occupied.wait(job.folder, error.message, retryMs, () => this.#next())
      return
    }
    if (this.#line.isToBlame(job.id, error, attempt.fetchedBytes)) {
      this.#apply(job.id, { do: 'interrupt' })
      return
    }
    if (!(error instanceof AppError)) this.#parts.log(`${job.reference} could not be saved.`, error)
    this.#apply(job.id, { do: 'fail', failure: failureOf(error, job.reference) })
    this.#parts.ended(this.#job(job.id) ?? job)
  }

  #abort(id: string): void {
    this.#attempts.get(id)?.controller.abort(new AppError('cancelled', 'Stopped by the user.'))
  }

  #job(id: string): Job | undefined {
    return this.jobs.find((job) => job.id === id)
  }

  #apply(id: string, step: Move): void {
    this.#set(this.jobs.map((job) => (job.id === id ? move(job, step) : job)))
  }

  #set(jobs: readonly Job[]): void {
    const before = this.#jobs
    if (jobs.length === before.length && jobs.every((job, at) => job === before[at])) return
    this.#jobs = jobs
    const kept = jobs.map(interrupted)
    if (!isDeepStrictEqual(kept, this.#parts.keep.get().jobs))
      this.#parts.keep.set({ version: 1, jobs: kept })
    this.#parts.changed()
  }
}
