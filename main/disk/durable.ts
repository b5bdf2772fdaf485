import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Writes a whole file so that a crash leaves the old one or the new one, and the new one is on the medium. */
export async function writeFileDurably(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    // A link that lies there under this name must not be followed out of the folder.
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Makes renames and new names in a folder durable. Systems that cannot open a folder (Windows) need no such call. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  try {
    await handle?.sync()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // FUSE file systems and Windows may refuse to sync a folder; the file itself is synced all the same.
    if (!['EINVAL', 'ENOSYS', 'EPERM', 'EBADF', 'ENOTSUP'].includes(String(code))) throw error
  } finally {
    await handle?.close()
  }
}

/** Takes files away again; those that are gone already are no error. */
export async function removeFiles(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { force: true })))
}
