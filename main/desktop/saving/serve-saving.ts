import { isDeepStrictEqual } from 'node:util'
import { prepareHashing } from '../../archive/sha256.ts'
import { carry } from '../../carried-app/carry.ts'
import { packApp } from '../../carried-app/pack-app.ts'
import { createHistory } from '../../library/history/history.ts'
import { createConnection } from '../connection.ts'
import { coreWith, type CoreSettings } from '../core-settings.ts'
import { expectSameDrive } from '../same-drive.ts'
import { Destinations } from './destinations.ts'
import { discardPartial } from './discard.ts'
import { FolderHold } from './folder-hold.ts'
import type { Order, Report } from './messages.ts'
import { packError, unpackError } from './packed-error.ts'
import { createSave } from './save.ts'
import type { AppTask, Target } from './saving.ts'
import { Updates } from './updates.ts'

export type ServeParts = {
  send: (report: Report) => void
  /** Where the history of folders goes that cannot keep it themselves. */
  machineFolder: string
  /** Ends the threads that hash, where they are nobody else's. */
  endHashing?: () => Promise<void>
}

/** The thread's side: does what main orders. Returns what hears the orders. */
export function serveSaving({
  send,
  machineFolder,
  endHashing,
}: ServeParts): (order: Order) => void {
  const log = (line: string, error?: unknown): void =>
    send({ is: 'log', line, ...(error !== undefined && { error: packError(error) }) })
  const history = createHistory(machineFolder, log)
  let settings: CoreSettings | undefined
  const connection = createConnection(async () => {
    if (!settings) throw new Error('There are no settings yet.')
    return await coreWith(settings, { history, log })
  })
  const hold = new FolderHold()
  const destinations = new Destinations(hold)
  const save = createSave({ connection, destinations, warn: log })
  const running = new Map<number, { controller: AbortController; ended: Promise<void> }>()

  /** Each task brings the settings that it is to run with. */
  const follow = (next: CoreSettings): void => {
    const before = settings
    settings = next
    if (!before) return
    if (!isDeepStrictEqual(withoutLimit(before), withoutLimit(next))) connection.renew()
    else connection.limit(next.limitBytesPerSecond)
  }
  const begin = (
    id: number,
    action: (signal: AbortSignal) => Promise<string | undefined | void>,
  ): void => {
    const controller = new AbortController()
    const ended = action(controller.signal)
      .then(
        (file) => send({ is: 'done', id, ...(file !== undefined && { file }) }),
        (error: unknown) => send({ is: 'failed', id, error: packError(error) }),
      )
      .finally(() => running.delete(id))
    running.set(id, { controller, ended })
  }

  return (order) => {
    switch (order.do) {
      case 'prepare':
        follow(order.core)
        prepareHashing()
        // Who saves is told what keeps a core from being built.
        connection.use(async () => await Promise.resolve()).catch(() => undefined)
        return
      case 'save': {
        const { id, task } = order
        follow(order.core)
        const updates = new Updates((update) => send({ is: 'update', id, update }))
        begin(id, async (signal) => {
          try {
            return await save(task, (update) => updates.add(update), signal)
          } finally {
            updates.flush()
          }
        })
        return
      }
      case 'put-app':
        follow(order.core)
        return begin(order.id, async (signal) => await putApp(order.task, signal))
      case 'discard':
        return begin(order.id, async () => await discard(order.target))
      case 'stop':
        running.get(order.id)?.controller.abort(unpackError(order.why))
        return
      case 'limit':
        connection.limit(order.bytesPerSecond)
        return
      case 'end':
        end()
          .catch((error: unknown) => log('The thread that saves did not end well.', error))
          .finally(() => send({ is: 'ended' }))
    }
  }

  async function putApp({ folder, drive, app, sha256 }: AppTask, signal: AbortSignal) {
    const found = await expectSameDrive(folder, drive)
    const where = { folder, drive: found, maxFileSizeBytes: undefined }
    const file = { ...(await packApp(app)), sha256: async () => await Promise.resolve(sha256) }
    await connection.use((core) =>
      destinations.use(core, where, async (opened) => {
        await carry(folder, file, opened.checksums, signal)
        await opened.driveFiles.update()
      }),
    )
  }

  /** Where nothing may be written, because the drive is gone, or another is there, or another process has it, nothing of ours is taken away. */
  async function discard(target: Target): Promise<void> {
    await expectSameDrive(target.folder, target.drive)
    await hold.within(target.folder, async () => await discardPartial(target))
  }

  async function end(): Promise<void> {
    await Promise.all([...running.values()].map(({ ended }) => ended))
    await history.settled()
    try {
      await connection.close()
    } finally {
      await endHashing?.()
    }
  }
}

function withoutLimit(settings: CoreSettings): CoreSettings {
  return { ...settings, limitBytesPerSecond: undefined }
}
