import { lstat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * By what it is noticed that the files of a tarball are not the ones that they were: their sizes, and their times in steps
 * that every file system keeps. FAT keeps local time, which another machine reads with an offset of some quarters of an hour,
 * so only what is left of a quarter counts. Undefined where a file is gone.
 */
export async function stampOf(
  folder: string,
  files: readonly string[],
): Promise<string | undefined> {
  try {
    const parts = await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs } = await lstat(join(folder, file))
        return `${size}:${Math.floor(mtimeMs / STEP_MS) % (QUARTER_MS / STEP_MS)}`
      }),
    )
    return parts.join(' ')
  } catch {
    return undefined
  }
}

/** Of FAT's times. */
const STEP_MS = 2_000
const QUARTER_MS = 15 * 60_000
