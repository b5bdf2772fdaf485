import { createHash } from 'node:crypto'
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { destinationError } from '../archive/destination-error.ts'
import { syncFolder } from '../disk/durable.ts'
import { writeUnlessForeign } from '../drive-files/ours.ts'
import { readChecksums, type Checksums } from '../state/checksums.ts'
import { APP_FOLDER, isCarried, pathOf, type CarriedFile } from './carried-file.ts'
import { appReadme, README_NAME } from './readme.ts'

/** Those that are not on the drive yet, by its SHA256SUMS and their sizes: no file is read, which is for `verify` to do. */
export async function missingOf(
  folder: string,
  files: readonly CarriedFile[],
): Promise<CarriedFile[]> {
  const sums = await readChecksums(folder)
  const isMissing = await Promise.all(
    files.map(async (file) => {
      if (sums.get(pathOf(file)) !== (await file.sha256())) return true
      return (await sizeOf(join(folder, pathOf(file)))) !== file.sizeBytes
    }),
  )
  return files.filter((_, index) => isMissing[index])
}

/** Whether anything was put there. */
export async function hasApp(folder: string): Promise<boolean> {
  return [...(await readChecksums(folder)).keys()].some(isCarried)
}

/**
 * Brings a file into the drive's folder `app`, durable, whole or not at all, and with its sum. The folder must be ours to write, see `occupyFolder`. Throws AppError: `destination`, `no-space`, or `damaged` for a file
 * that is not what its sum says, of which nothing stays.
 */
export async function carry(
  folder: string,
  file: CarriedFile,
  checksums: Checksums,
  signal: AbortSignal,
): Promise<void> {
  const target = join(folder, APP_FOLDER)
  await makeOwnFolder(target)
  const path = join(target, file.name)
  try {
    await write(path, file, signal)
    await syncFolder(target)
    await syncFolder(folder)
    const name = pathOf(file)
    await checksums.replace(name, [{ name, sha256: await file.sha256() }])
    await removeOlder(folder, file, checksums)
    await writeUnlessForeign(join(target, README_NAME), appReadme)
  } catch (error) {
    throw destinationError(error, path)
  }
}

/** A link of this name would lead out of the drive. */
async function makeOwnFolder(target: string): Promise<void> {
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw destinationError(error, target)
  })
  if ((await lstat(target)).isDirectory()) return
  throw new AppError('destination', `${target} is a link.`, {
    hint: 'Take it away; the application goes into a folder of the drive itself.',
  })
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isFile() === true ? found.size : undefined
}

async function write(path: string, file: CarriedFile, signal: AbortSignal): Promise<void> {
  // The same each time: a run that was killed leaves one behind, and the next takes it away.
  const temporary = `${path}.tmp`
  await rm(temporary, { force: true })
  try {
    const handle = await open(temporary, 'wx', 0o644)
    const hash = createHash('sha256')
    try {
      for await (const chunk of file.bytes()) {
        signal.throwIfAborted()
        hash.update(chunk)
        await handle.writeFile(chunk)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (hash.digest('hex') !== (await file.sha256())) {
      throw new AppError('damaged', `${file.name} is not the file that its SHA256SUMS tells of.`, {
        hint: 'Fetch it again.',
      })
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Of an application that is carried every month, only the last version is wanted. What SHA256SUMS does not list is not ours. */
async function removeOlder(
  folder: string,
  { name }: CarriedFile,
  checksums: Checksums,
): Promise<void> {
  const kind = kindOf(name)
  if (kind === undefined) return
  for (const listed of (await readChecksums(folder)).keys()) {
    if (!listed.startsWith(`${APP_FOLDER}/`)) continue
    const other = listed.slice(APP_FOLDER.length + 1)
    if (other === name || kindOf(other) !== kind) continue
    await rm(join(folder, listed), { force: true })
    await checksums.replace(listed, [])
  }
}

/** `ngc-replicator-*-linux-x64.tar` of every version; undefined for names of others. */
function kindOf(name: string): string | undefined {
  const [, kind] = /^ngc-replicator-\d[\w.]*(-[\w-]+\.[\w.]+)$/.exec(name) ?? []
  return kind
}
