import { access, constants, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError, messageOf } from '../api/errors.ts'
import { findDrive, type FoundDrive } from './drive-list.ts'
import { freeBytesOf } from './space.ts'

/** What is known of a destination before anything is written to it. */
export interface Destination {
  readonly folder: string
  readonly exists: boolean
  /** False on a read-only drive, or where permissions forbid it. */
  readonly isWritable: boolean
  /** `Infinity` where the drive does not tell. */
  readonly freeBytes: number
  /** As the system names it (`ext4`, `vfat`, `fuse.fusefat`), where it can be learnt. */
  readonly fileSystem?: string
  /** Absent where the file system sets no limit that matters, or is not known. */
  readonly largestFileBytes?: number
  /** What it lies on, where the system tells. */
  readonly drive?: FoundDrive
}

export interface InspectOptions {
  readonly mayBeReadOnly?: boolean | undefined
  /** What the folder lies on, where that is known already. */
  readonly drive?: FoundDrive | undefined
}

/**
 * Looks at a folder, or at the nearest one above it that exists; writes nothing.
 * Throws AppError `destination` when it is a file, or may not be written and has to be.
 */
export async function inspectDestination(
  path: string,
  { mayBeReadOnly = false, drive: known }: InspectOptions = {},
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
  const drive = known ?? (await findDrive(present))
  const { fileSystem, largestFileBytes } = drive ?? {}
  return {
    folder,
    exists: present === folder,
    isWritable,
    freeBytes: await freeBytesOf(present),
    ...(fileSystem !== undefined && { fileSystem }),
    ...(largestFileBytes !== undefined && { largestFileBytes }),
    ...(drive && { drive }),
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
