import { join } from 'node:path'
import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../api/errors.ts'
import type { DeliveryView, LibraryRow } from '../../api/shapes.ts'
import { parsePushTarget } from '../../delivery/push-target.ts'
import type { FoundDrive } from '../../disk/drive-list.ts'
import type { History } from '../../library/history/history.ts'
import type { LibraryService } from '../library/library.ts'
import type { PlacesService } from '../places.ts'
import type { Ports } from '../ports.ts'
import { createRateLimit } from '../../net/rate-limit.ts'
import { createPublisher } from '../publisher.ts'
import type { SettingsService } from '../settings.ts'
import { createEngines } from './engines.ts'
import { createLogins } from './logins.ts'
import { prepareLoad } from './prepare-load.ts'
import { preparePush } from './prepare-push.ts'
import { inWords, type Prepared } from './prepared.ts'
import { Progress } from './progress.ts'

export type DeliveriesService = {
  /** Whether anything is being loaded or pushed. */
  isActive: () => boolean
  isReading: (drive: FoundDrive) => boolean
  close: () => Promise<void>
  handlers: Pick<
    Handlers,
    | 'engines.find'
    | 'load.plan'
    | 'load.start'
    | 'push.defaults'
    | 'push.plan'
    | 'push.start'
    | 'delivery.get'
    | 'delivery.stop'
    | 'delivery.clear'
  >
}

/** Handing images of a library to an engine or a registry, one delivery at a time. Speaks to these, and to nobody else. */
export function createDeliveries(parts: {
  keep: Ports['keep']
  publish: Ports['publish']
  log: Ports['log']
  machineFolder: Ports['machineFolder']
  places: PlacesService
  library: LibraryService
  settings: SettingsService
  history: History
  /** Told when one begins and when it has ended. */
  changed?: ((isActive: boolean) => void) | undefined
}): DeliveriesService {
  const { publish, log, machineFolder, places, library, settings, history } = parts
  const engines = createEngines()
  const logins = createLogins(parts)
  let planned: { id: string; prepared: Prepared } | undefined
  let planning = new AbortController()
  let progress: Progress | undefined
  let ended: Promise<void> = Promise.resolve()

  const view = (): DeliveryView =>
    progress === undefined ? { state: 'none' } : progress.view(places.placeOf(progress.folder))
  const publisher = createPublisher(() => publish('delivery.changed', view()))

  /** Only the plan that was made last can be started. */
  const plan = async <View extends { id: string }>(
    make: (signal: AbortSignal) => Promise<{ view: View; prepared: Prepared }>,
  ): Promise<View> => {
    planning.abort(new AppError('cancelled', 'Another plan was asked for.'))
    planning = new AbortController()
    const { signal } = planning
    const made = await make(signal)
    if (signal.aborted) {
      await made.prepared.close()
      signal.throwIfAborted()
    }
    await planned?.prepared.close()
    planned = { id: made.view.id, prepared: made.prepared }
    return made.view
  }

  const run = async (prepared: Prepared, now: Progress): Promise<void> => {
    const { signal } = now.controller
    try {
      await prepared.run(now, signal)
      now.end()
    } catch (error) {
      if (signal.aborted) now.end()
      else {
        if (!(error instanceof AppError)) log(`What went to ${prepared.to} ended early.`, error)
        now.end(error instanceof AppError ? inWords(error) : { message: 'It ended early.' })
      }
    } finally {
      parts.changed?.(false)
      await prepared.close().catch((error: unknown) => log('A registry was not let go of.', error))
      await history.settled()
      await library.lookAgain(prepared.folder).catch(() => undefined)
    }
  }

  const start = (id: string): void => {
    if (progress?.isRunning) {
      throw new AppError('usage', 'Images are being handed over already.', {
        hint: 'Wait until that has ended, or stop it.',
      })
    }
    if (planned?.id !== id) {
      throw new AppError('not-found', 'This plan is not known any more.', {
        hint: 'Plan it again.',
      })
    }
    const { prepared } = planned
    planned = undefined
    progress = new Progress(prepared, () => publisher.touch())
    publisher.touch()
    parts.changed?.(true)
    ended = run(prepared, progress)
  }

  const stop = async (): Promise<void> => {
    progress?.controller.abort(new AppError('cancelled', 'Stopped by the user.'))
    await ended
  }

  return {
    isActive: () => progress?.isRunning === true,
    isReading: (drive) =>
      progress?.isRunning === true &&
      places.driveOf(progress.folder)?.mountPoint === drive.mountPoint,
    async close() {
      planning.abort()
      await stop()
      await planned?.prepared.close()
      publisher.close()
    },
    handlers: {
      'engines.find': () => engines.find(),
      async 'load.plan'({ grant, ids, engine }) {
        const folder = places.pathOf(grant)
        const paths = pathsOf(folder, await library.rows(folder, ids))
        const chosen = engines.byId(engine)
        return await plan(
          async (signal) => await prepareLoad({ folder, paths }, chosen, history, signal),
        )
      },
      'load.start': ({ plan: id }) => start(id),
      'push.defaults': () => logins.defaults(),
      async 'push.plan'({ grant, ids, to, ...asked }) {
        const folder = places.pathOf(grant)
        const target = parsePushTarget(to)
        const rows = await library.rows(folder, ids)
        const login = logins.use(to, target, asked)
        const from = { folder, paths: pathsOf(folder, rows), names: await namesOf(folder, rows) }
        const { connections, limitBytesPerSecond, extraCertificates } = settings.current()
        const registry = {
          target,
          login,
          isInsecureAllowed: asked.isInsecureAllowed,
          authorities: extraCertificates.map(({ pem }) => pem),
          connections,
          limit: createRateLimit(limitBytesPerSecond),
          machineFolder,
          network: { proxy: await settings.proxy() },
          log,
        }
        try {
          return await plan(async (signal) => await preparePush(from, registry, history, signal))
        } catch (error) {
          if (error instanceof AppError && error.code === 'unauthorized') logins.forget()
          throw error
        }
      },
      'push.start': ({ plan: id }) => start(id),
      'delivery.get': view,
      'delivery.stop': stop,
      'delivery.clear'() {
        if (progress?.isRunning) return
        progress = undefined
        publisher.touch()
      },
    },
  }

  /** Of a tarball with several images only the chosen ones are pushed; of one with all of them chosen, none need be named. */
  async function namesOf(folder: string, rows: readonly LibraryRow[]): Promise<string[]> {
    const all = await library.rows(folder)
    const files = new Set(rows.map(({ file }) => file))
    const isWhole = all.filter(({ file }) => files.has(file)).length === rows.length
    return isWhole ? [] : rows.flatMap(({ reference }) => reference ?? [])
  }
}

function pathsOf(folder: string, rows: readonly LibraryRow[]): string[] {
  return [...new Set(rows.map(({ file, files }) => join(folder, files?.[0] ?? file)))]
}
