import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..', '..', 'packages')

/** The unpacked application that was packaged last. */
export const unpacked = join(folder, 'linux-unpacked')

/** The package of one kind that was made last; fails if there is none. */
export async function packageFile(extension: 'deb' | 'rpm' | 'tar.gz'): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith(`.${extension}`))
  if (name === undefined) throw new Error(`No ${extension} was made: npm run package`)
  return join(folder, name)
}
