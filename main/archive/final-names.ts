import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../disk/durable.ts'
import { destinationError } from './destination-error.ts'
import { PARTIAL, parseFileName } from './name.ts'

/**
 * Gives the files of a tarball, which are on the medium, their names, and leaves nothing older of that name. Throws AppError
 * `destination`.
 */
export async function giveNames(
  folder: string,
  tarball: string,
  names: readonly string[],
): Promise<void> {
  try {
    await removeOthers(folder, tarball, new Set(names))
    // The first part comes last: where it has its name, all have.
    for (const name of names.toReversed()) {
      await rename(join(folder, name + PARTIAL), join(folder, name))
    }
    await syncFolder(folder)
  } catch (error) {
    throw destinationError(error, join(folder, tarball))
  }
}

async function removeOthers(
  folder: string,
  tarball: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  for (const file of await readdir(folder)) {
    const found = parseFileName(file)
    const final = found.isPartial ? file.slice(0, -PARTIAL.length) : file
    if (found.name === tarball && !kept.has(final)) await rm(join(folder, file), { force: true })
  }
}
