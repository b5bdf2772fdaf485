import { AppError } from '../../api/errors.ts'
import type { PackedApp } from '../../carried-app/pack-app.ts'
import type { DriveIdentity } from '../../disk/drive-identity.ts'
import type { Saving } from '../saving/saving.ts'

/** Puts the application itself on a drive: seconds, so it is waited for, and no transfer of the queue. */
export type AppPutter = {
  /** Throws what `carry` throws, and FolderOccupied. */
  put: (where: { folder: string; drive?: DriveIdentity | undefined }) => Promise<void>
  /** Those that are being written to. */
  folders: () => readonly string[]
  close: () => Promise<void>
}

export function createAppPutter(parts: { saving: Saving; app: PackedApp | undefined }): AppPutter {
  const { saving, app } = parts
  const running = new Map<Promise<void>, string>()
  const closing = new AbortController()

  const run = async (folder: string, drive: DriveIdentity | undefined): Promise<void> => {
    if (!app) return
    const { installed } = app
    const sha256 = await app.sha256()
    await saving.putApp({ folder, drive, app: installed, sha256 }, closing.signal)
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
