import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../api/errors.ts'
import type { TransfersView } from '../../api/shapes.ts'
import type { FoundDrive } from '../../disk/drive-list.ts'
import { createSpeed } from '../../transfer/speed.ts'
import type { PlacesService } from '../places.ts'
import type { PlanService } from '../plan.ts'
import type { Ports } from '../ports.ts'
import { createPublisher } from '../publisher.ts'
import { expectSameDrive } from '../same-drive.ts'
import type { Saving } from '../saving/saving.ts'
import type { SettingsService } from '../settings.ts'
import type { SpeedService } from '../speeds.ts'
import { isEnded } from './job.ts'
import type { Job } from './job-schema.ts'
import { createAppPutter } from './put-app.ts'
import { Queue } from './queue.ts'
import { createRun } from './run.ts'
import { SpeedHistory } from './speed-history.ts'
import { activeJobs, leftBytes, rowOf, safeFolders, totalsOf } from './view.ts'

export type TransfersService = {
  view: () => TransfersView
  /** Runs what waited when the application ended. */
  start: () => void
  /** Whether anything runs or waits to. */
  isActive: () => boolean
  isWriting: (drive: FoundDrive) => boolean
  pauseAll: () => void
  close: () => Promise<void>
  handlers: Pick<
    Handlers,
    | 'transfers.get'
    | 'transfers.start'
    | 'transfers.pause'
    | 'transfers.resume'
    | 'transfers.cancel'
    | 'transfers.retry'
    | 'transfers.clear'
    | 'transfers.move'
  >
}

export type TransfersParts = Pick<Ports, 'keep' | 'publish' | 'notify' | 'log' | 'app'> & {
  saving: Saving
  places: PlacesService
  plans: () => PlanService
  settings: SettingsService
  speeds: SpeedService
  /** Nothing runs or waits any more: how many were done since the queue was last idle, and how many failed. */
  finished?: ((outcome: { done: number; failed: number }) => void) | undefined
  changed?: ((view: TransfersView) => void) | undefined
  offlineRetryMs?: number | undefined
  occupiedRetryMs?: number | undefined
}

/** Drawing competes with fetching, hashing and writing: on two cores each snapshot is felt in the time of a transfer. */
const SNAPSHOT_MS = 250

/** The queue as the window sees and steers it. */
export function createTransfers(parts: TransfersParts): TransfersService {
  const { saving, places, plans, settings, speeds, notify, log } = parts
  const isRemovable = (folder: string): boolean => places.driveOf(folder)?.isRemovable === true
  const publisher = createPublisher(
    () => {
      const now = view()
      history.run(now.rows.some(({ phase }) => phase === 'downloading'))
      parts.publish('transfers.changed', now)
      parts.changed?.(now)
    },
    () => SNAPSHOT_MS,
  )
  const written = createSpeed()
  const history = new SpeedHistory(() => publisher.touch())
  let outcome = { done: 0, failed: 0 }

  const appPutter = createAppPutter({ saving, app: parts.app })
  const run = createRun({ saving, settings: () => settings.current(), isRemovable })
  const queue = new Queue({
    keep: parts.keep('transfers'),
    run: async (job, attempt, listener) => {
      let fetched = 0
      let writtenBefore: number | undefined
      return await run(job, attempt, {
        entered: listener.entered,
        progressed() {
          history.add(attempt.fetchedBytes - fetched)
          const { writtenBytes } = attempt.progress
          written.add(Math.max(0, writtenBytes - (writtenBefore ?? writtenBytes)))
          fetched = attempt.fetchedBytes
          writtenBefore = writtenBytes
          listener.progressed()
        },
      })
    },
    jobs: () => settings.current().jobs,
    changed: () => publisher.touch(),
    ended(job) {
      if (job.state.kind === 'done') outcome.done += 1
      if (job.state.kind === 'failed') outcome.failed += 1
      if (activeJobs(queue.jobs).length > 0) return
      publisher.hurry()
      const { bytes, seconds } = history.busy()
      speeds.measured(bytes, seconds)
      parts.finished?.(outcome)
      outcome = { done: 0, failed: 0 }
    },
    log,
    ...(parts.offlineRetryMs !== undefined && { offlineRetryMs: parts.offlineRetryMs }),
    ...(parts.occupiedRetryMs !== undefined && { occupiedRetryMs: parts.occupiedRetryMs }),
  })
  const isActive = (): boolean =>
    activeJobs(queue.jobs).length > 0 || appPutter.folders().length > 0

  const view = (): TransfersView => {
    const rows = queue.jobs.map((job) =>
      rowOf(job, {
        attempt: queue.attempt(job.id),
        place: places.placeOf(job.folder),
        waitsFor: queue.waitsFor(job),
      }),
    )
    const isRunning = queue.jobs.some(({ state }) => state.kind === 'running')
    const speed = isRunning ? written.bytesPerSecond() : undefined
    return {
      rows,
      ...totalsOf(rows),
      ...(speed !== undefined && {
        bytesPerSecond: speed,
        ...(speed > 0 && { secondsLeft: leftBytes(rows) / speed }),
      }),
      speedHistory: history.list(),
      isPaused: queue.isPaused,
      safe: safeFolders(queue.jobs).map((folder) => ({
        place: places.placeOf(folder),
        canEject: places.canEject(folder) && !isWriting(places.driveOf(folder)),
      })),
      isOffline: queue.isOffline,
    }
  }
  function isWriting(drive: FoundDrive | undefined): boolean {
    const running = queue.jobs.filter(({ state }) => state.kind === 'running')
    const folders = [...running.map(({ folder }) => folder), ...appPutter.folders()]
    return (
      drive !== undefined &&
      folders.some((folder) => places.driveOf(folder)?.mountPoint === drive.mountPoint)
    )
  }

  return {
    view,
    start: () => queue.start(),
    isActive,
    isWriting,
    pauseAll: () => queue.move('all', { do: 'pause' }),
    async close() {
      await Promise.all([queue.close(), appPutter.close()])
      publisher.close()
      history.close()
    },
    handlers: {
      'transfers.get': view,
      async 'transfers.start'({ plan }) {
        const { view: planned, where, wantedOf } = plans().known(plan)
        const stop = planned.findings.find(({ severity }) => severity === 'blocks')
        if (stop) {
          const { message, hint } = stop
          const code = planned.missingBytes > 0 ? 'no-space' : 'destination'
          throw new AppError(code, message, hint === undefined ? {} : { hint })
        }
        await expectSameDrive(where.folder, where.drive)
        const rows = planned.rows.filter(({ state }) => state === 'new' || state === 'changed')
        const bringsApp = planned.app?.state === 'new'
        if (bringsApp) await appPutter.put(where)
        if (rows.length === 0 && !bringsApp)
          notify('There is nothing to transfer.', 'Everything selected is there already.')
        queue.add(
          rows.map((row) => {
            const { reference, platform, sizeBytes } = row
            return { reference, platform, sizeBytes, wanted: wantedOf(row), ...where }
          }),
        )
      },
      'transfers.pause': ({ ids }) => queue.move(ids, { do: 'pause' }),
      'transfers.resume': ({ ids }) => queue.move(ids, { do: 'resume' }),
      async 'transfers.cancel'({ ids, remove }) {
        const meant = queue.jobs.filter(({ id }) => ids === 'all' || ids.includes(id))
        queue.move(ids, { do: 'cancel' })
        if (!remove) return
        await Promise.all(
          meant.map(async (job) => {
            if (await queue.cancelled(job.id)) await discard(job)
          }),
        )
      },
      'transfers.retry': ({ ids }) => queue.move(ids === 'all' ? failed() : ids, { do: 'retry' }),
      'transfers.clear': () => queue.clear(),
      'transfers.move': ({ id, by }) => queue.shift(id, by),
    },
  }

  async function discard(job: Job): Promise<void> {
    const { folder, drive, reference, platform } = job
    await saving
      .discard({ folder, drive, reference, platform })
      .catch((error: unknown) => log(`What was left of ${reference} stays.`, error))
  }

  /** Trying all again means what failed, not what the user took back. */
  function failed(): string[] {
    return queue.jobs
      .filter((job) => isEnded(job) && job.state.kind === 'failed')
      .map(({ id }) => id)
  }
}
