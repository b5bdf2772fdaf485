import { access, constants, mkdir, readFile, realpath, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError, messageOf } from '../api/errors.ts'
import { largestFileBytes, parseMountInfo } from './file-system.ts'

/** What is known of a destination before anything is written to it. */
export interface Destination {
  readonly folder: string
  readonly exists: boolean
  /** False on a read-only drive, or where permissions forbid it. */
  readonly isWritable: boolean
  readonly freeBytes: number
  /** As the system names it (`ext4`, `vfat`, `fuse.fusefat`), where it can be learnt. */
  readonly fileSystem?: string
  /** Absent where the file system sets no limit that matters, or is not known. */
  readonly largestFileBytes?: number
}

/**
 * Looks at a folder, or at the nearest one above it that exists; writes nothing.
 * Throws AppError `destination` when it is a file, or may not be written and has to be.
 */
export async function inspectDestination(
  path: string,
  { mayBeReadOnly = false }: { mayBeReadOnly?: boolean } = {},
): Promise<Destination> {
  const folder = resolve(path)
  const present = await nearestExisting(folder)
  if (!(await stat(present)).isDirectory()) {
    throw new AppError(
      'destination',
      `${present} is a file, so nothing can be saved into ${folder}.`,
      {
        hint: 'Choose a folder.',
      },
    )
  }
  const isWritable = await access(present, constants.W_OK | constants.X_OK).then(
    () => true,
    (cause: unknown) => {
      if (mayBeReadOnly) return false
      throw new AppError('destination', `${present} cannot be written to.`, {
        hint: 'Choose another folder, or change its permissions.',
        cause,
      })
    },
  )
  const { bavail, bsize } = await statfs(present)
  const fileSystem = await fileSystemOf(present)
  const largest = fileSystem === undefined ? undefined : largestFileBytes(fileSystem)
  return {
    folder,
    exists: present === folder,
    isWritable,
    freeBytes: bavail * bsize,
    ...(fileSystem !== undefined && { fileSystem }),
    ...(largest !== undefined && { largestFileBytes: largest }),
  }
}

/** Throws AppError `destination`. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('destination', `The folder ${folder} cannot be made: ${messageOf(cause)}.`, {
      cause,
    })
  })
}

async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      return await realpath(path)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOENT' && dirname(path) !== path) continue
      if (code === 'ENOTDIR') continue // a file: it will be found higher up, and told
      throw new AppError('destination', `${path} cannot be opened.`, {
        hint: 'Choose another folder, or change its permissions.',
        cause: error,
      })
    }
  }
}

/** Linux tells it in its table of mounts; other systems are asked in their own way by the drives' list. */
async function fileSystemOf(path: string): Promise<string | undefined> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => undefined)
  return table === undefined ? undefined : parseMountInfo(table, path)?.fileSystem
}
