import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseFileName } from '../archive/name.ts'

/** Bytes of unfinished files that saving these tarballs will take the place of. */
export async function leftoverBytes(folder: string, names: ReadonlySet<string>): Promise<number> {
  const sizes = await Promise.all(
    (await leftovers(folder, names)).map((file) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Removes what an earlier run left of a tarball, so that its space can be used. */
export async function removeLeftovers(folder: string, name: string): Promise<void> {
  for (const file of await leftovers(folder, new Set([name]))) {
    await rm(join(folder, file), { force: true })
  }
}

async function leftovers(folder: string, names: ReadonlySet<string>): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  return files.filter((file) => {
    const { name, isPartial } = parseFileName(file)
    return isPartial && names.has(name)
  })
}
