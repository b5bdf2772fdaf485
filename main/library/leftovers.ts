import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { journalled, parseFileName } from '../archive/name.ts'
import { removeFiles } from '../disk/durable.ts'

/** What an earlier run left of one tarball that it did not finish. */
export interface Leftover {
  /** Of the tarball, with `.tar`. */
  readonly name: string
  /** Its partial files and its journal. */
  readonly files: readonly string[]
  readonly sizeBytes: number
}

/** All that was left unfinished in a folder, by the names of its files; nothing where the folder cannot be read. */
export async function listLeftovers(folder: string): Promise<Leftover[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = new Map<string, { files: string[]; sizeBytes: number }>()
  for (const entry of entries) {
    const name = leftoverOf(entry.name)
    if (name === undefined || !entry.isFile()) continue
    const leftover = found.get(name) ?? { files: [], sizeBytes: 0 }
    leftover.files.push(entry.name)
    leftover.sizeBytes += await lstat(join(folder, entry.name)).then(
      ({ size }) => size,
      () => 0,
    )
    found.set(name, leftover)
  }
  return Array.from(found, ([name, leftover]) => ({ name, ...leftover })).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )
}

export async function removeLeftovers(
  folder: string,
  leftovers: readonly Leftover[],
): Promise<void> {
  await removeFiles(leftovers.flatMap(({ files }) => files.map((file) => join(folder, file))))
}

/** The tarball that a file is left of. */
function leftoverOf(file: string): string | undefined {
  const { name, isPartial } = parseFileName(file)
  const tarball = isPartial ? name : journalled(file)
  return tarball?.endsWith('.tar') === true ? tarball : undefined
}
