import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadJournal } from './journal-records.ts'
import { PARTIAL, parseFileName, partName } from './name.ts'
import type { PartialTarball } from './partial.ts'

/** The names of the files of an unfinished tarball, in no order. */
export async function partialFiles(folder: string, name: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  return files.filter((file) => {
    const found = parseFileName(file)
    return found.isPartial && found.name === name
  })
}

/** What is there of a tarball. */
export interface PresentFiles {
  readonly paths: readonly string[]
  readonly closed: PartialTarball['closed']
  readonly sizeBytes: number
  readonly isInParts: boolean
}

/** The partial files that the journal tells of; undefined when they are not what it says. */
export async function presentFiles(
  folder: string,
  name: string,
  { parts, durableBytes, binding }: ReadJournal,
  tarballBytes: number,
): Promise<PresentFiles | undefined> {
  const single = join(folder, name + PARTIAL)
  const [first] = parts
  const isClosed = first !== undefined && first.sizeBytes < tarballBytes
  const isInParts =
    isClosed ||
    tarballBytes > (binding.maxFileSizeBytes ?? Number.POSITIVE_INFINITY) ||
    (await sizeOf(join(folder, partName(name, 0) + PARTIAL))) !== undefined
  const pathOf = (part: number): string =>
    isInParts ? join(folder, partName(name, part) + PARTIAL) : single
  const paths: string[] = []
  let sizeBytes = 0
  for (const [part, closed] of parts.entries()) {
    if ((await sizeOf(pathOf(part))) !== closed.sizeBytes) return undefined
    paths.push(pathOf(part))
    sizeBytes += closed.sizeBytes
  }
  const openBytes = sizeBytes < tarballBytes ? await sizeOf(pathOf(parts.length)) : undefined
  if (openBytes !== undefined) {
    paths.push(pathOf(parts.length))
    sizeBytes += openBytes
  }
  if (sizeBytes < durableBytes || sizeBytes > tarballBytes) return undefined
  return { paths, closed: parts, sizeBytes, isInParts }
}

/** All bytes had come, and the files were getting their names when it ended: then that is done again. */
export async function takeNamesBack(
  folder: string,
  name: string,
  journal: ReadJournal,
): Promise<void> {
  const isWhole = journal.parts.length === 1
  for (const [part, { sizeBytes }] of journal.parts.entries()) {
    const path = join(folder, isWhole ? name : partName(name, part))
    if ((await sizeOf(path + PARTIAL)) === undefined && (await sizeOf(path)) === sizeBytes) {
      await rename(path, path + PARTIAL)
    }
  }
}

/** Takes away what lies after that byte, and makes the rest durable. */
export async function cutFiles(
  folder: string,
  name: string,
  { closed, sizeBytes, isInParts, paths }: PresentFiles,
  journal: ReadJournal,
): Promise<PartialTarball> {
  const kept: PartialTarball['closed'][number][] = []
  let start = 0
  for (const part of closed) {
    if (start + part.sizeBytes > sizeBytes) break
    kept.push(part)
    start += part.sizeBytes
  }
  const last = paths[kept.length]
  if (last !== undefined) await keepFirst(last, sizeBytes - start)
  const used = new Set(paths.slice(0, kept.length + 1))
  for (const file of await partialFiles(folder, name)) {
    const path = join(folder, file)
    if (!used.has(path)) await rm(path, { force: true })
  }
  // A whole tarball that is cut is open again, and a part that is cut is the last one for now.
  return { closed: kept, sizeBytes, isInParts: isInParts || journal.parts.length > 1 }
}

async function keepFirst(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    if (size > sizeBytes) await file.truncate(sizeBytes)
    await file.datasync()
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  )
}
