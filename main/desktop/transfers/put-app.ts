import { AppError } from '../../api/errors.ts'
import { carry } from '../../carried-app/carry.ts'
import type { CarriedFile } from '../../carried-app/carried-file.ts'
import type { DriveIdentity } from '../../disk/drive-identity.ts'
import type { Connection } from '../connection.ts'
import type { Destinations } from './destinations.ts'
import { expectSameDrive } from './same-drive.ts'

/** Puts the application itself on a drive: seconds, so it is waited for, and no transfer of the queue. */
export type AppPutter = {
  /** Throws what `carry` throws, and FolderOccupied. */
  put: (where: { folder: string; drive?: DriveIdentity | undefined }) => Promise<void>
  /** Those that are being written to. */
  folders: () => readonly string[]
  close: () => Promise<void>
}

export function createAppPutter(parts: {
  connection: Connection
  destinations: Destinations
  app: CarriedFile | undefined
}): AppPutter {
  const { connection, destinations, app } = parts
  const running = new Map<Promise<void>, string>()
  const closing = new AbortController()

  const run = async (folder: string, drive: DriveIdentity | undefined): Promise<void> => {
    if (!app) return
    await expectSameDrive(folder, drive)
    await connection.use((core) =>
      destinations.use(core, { folder, maxFileSizeBytes: undefined }, async (opened) => {
        await carry(folder, app, opened.checksums, closing.signal)
        await opened.driveFiles.update()
      }),
    )
  }

  return {
    async put({ folder, drive }) {
      const put = run(folder, drive)
      running.set(put, folder)
      try {
        await put
      } finally {
        running.delete(put)
      }
    },
    folders: () => [...running.values()],
    async close() {
      closing.abort(new AppError('cancelled', 'The application is being closed.'))
      await Promise.allSettled(running.keys())
    },
  }
}
