import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { parseFileName } from '../archive/name.ts'

/**
 * Tarballs that would take the place of somebody's file: one that is written in another case, on a drive that does not tell
 * them apart. Never so between two tarballs of ours, whose names differ in more than case. Tarball → what to say.
 */
export async function nameClashes(
  folder: string,
  tarballs: ReadonlySet<string>,
): Promise<Map<string, AppError>> {
  const files = await readdir(folder).catch(() => [])
  const clashes = new Map<string, AppError>()
  for (const tarball of tarballs) {
    const other = files.find((file) => {
      const { name } = parseFileName(file)
      return name !== tarball && name.toLowerCase() === tarball.toLowerCase()
    })
    if (other === undefined || !(await ignoresCase(folder, files, other))) continue
    clashes.set(
      tarball,
      new AppError('destination', `${other} is in the way: the drive takes ${tarball} for it.`, {
        hint: 'Rename that file, or move it elsewhere; it was left as it is.',
      }),
    )
  }
  return clashes
}

/** Whether a file is there under a name that the folder does not list. */
async function ignoresCase(
  folder: string,
  files: readonly string[],
  file: string,
): Promise<boolean> {
  const unlisted = [file.toLowerCase(), file.toUpperCase()].find((name) => !files.includes(name))
  if (unlisted === undefined) return false
  return await lstat(join(folder, unlisted)).then(
    () => true,
    () => false,
  )
}
