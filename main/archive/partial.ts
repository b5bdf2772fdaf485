import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkBytes } from './check-bytes.ts'
import { destinationError } from './destination-error.ts'
import { bindingOf, checksumOf, readJournal, type ReadJournal } from './journal-records.ts'
import type { TarballLayout } from './layout.ts'
import { journalName } from './name.ts'
import { cutFiles, partialFiles, presentFiles, takeNamesBack } from './partial-files.ts'
import { openTarball, type Tarball } from './parts.ts'
import { expectedOfOurs } from './segments.ts'

/** What an earlier run wrote of a tarball, as far as it is to be relied on: its files end there. */
export interface PartialTarball {
  /** The files that are as large as they will be, in order. */
  readonly closed: readonly { readonly sizeBytes: number; readonly sha256?: string }[]
  /** Of the tarball, over all files. */
  readonly sizeBytes: number
  readonly isInParts: boolean
}

export interface PartialOptions {
  readonly folder: string
  /** Of the tarball, with `.tar`. */
  readonly name: string
  readonly layout: TarballLayout
  readonly maxFileSizeBytes?: number | undefined
  /** Reads again what the journal says is there, instead of trusting it. */
  readonly check?: boolean | undefined
  /** Told meanwhile how much of it was read. */
  readonly onChecked?: ((doneBytes: number, totalBytes: number) => void) | undefined
}

export type FoundPartial =
  | { readonly kind: 'none' }
  /** There is something, and nothing to be done with it; `why` is the end of a sentence. */
  | { readonly kind: 'useless'; readonly why: string }
  /** It is of another tarball, whose layers may be the same; `why` likewise. */
  | { readonly kind: 'other'; readonly why: string }
  | { readonly kind: 'usable'; readonly partial: PartialTarball; readonly note?: string }

/**
 * Looks what is left of this very tarball, and cuts off what cannot be relied on: up to the journal's last mark it is
 * trusted, after that each write is held against its checksum. Throws AppError `destination`.
 */
export async function openPartial(
  options: PartialOptions,
  signal?: AbortSignal,
): Promise<FoundPartial> {
  const { folder, name, layout, maxFileSizeBytes } = options
  const journal = await readJournal(join(folder, journalName(name)))
  const files = await partialFiles(folder, name)
  if (journal === undefined) {
    if (files.length === 0) return { kind: 'none' }
    return { kind: 'useless', why: 'has no journal that can be read' }
  }
  const wanted = bindingOf(layout, maxFileSizeBytes)
  const { binding } = journal
  if (binding.digest !== wanted.digest) return { kind: 'other', why: 'is of another image' }
  if (JSON.stringify(binding) !== JSON.stringify(wanted)) {
    return { kind: 'other', why: 'was laid out in another way' }
  }
  if (journal.durableBytes === layout.sizeBytes) await takeNamesBack(folder, name, journal)
  const present = await presentFiles(folder, name, journal, layout.sizeBytes)
  if (present === undefined) {
    return { kind: 'useless', why: 'does not fit its journal' }
  }
  try {
    const tarball = await openTarball(present.paths)
    let sizeBytes: number
    let note: string | undefined
    try {
      sizeBytes = await reliableBytes(tarball, journal)
      const good = options.check === true ? await checked(tarball, options, sizeBytes, signal) : {}
      sizeBytes = good.sizeBytes ?? sizeBytes
      note = good.note
    } finally {
      await tarball.close()
    }
    const partial = await cutFiles(folder, name, { ...present, sizeBytes }, journal)
    return { kind: 'usable', partial, ...(note !== undefined && { note }) }
  } catch (error) {
    throw destinationError(error, join(folder, name))
  }
}

/** How much of the tarball the journal promises, without a look at the bytes; 0 when it is of another one. */
export async function promisedBytes(options: PartialOptions): Promise<number> {
  const { folder, name, layout, maxFileSizeBytes } = options
  const journal = await readJournal(join(folder, journalName(name)))
  const wanted = JSON.stringify(bindingOf(layout, maxFileSizeBytes))
  if (journal === undefined || JSON.stringify(journal.binding) !== wanted) return 0
  const present = await presentFiles(folder, name, journal, layout.sizeBytes)
  return present?.sizeBytes ?? 0
}

/** Takes away all that an earlier run left of a tarball. Tells whether there were any files of it. */
export async function removePartial(folder: string, name: string): Promise<boolean> {
  const files = await partialFiles(folder, name)
  for (const file of [...files, journalName(name)]) await rm(join(folder, file), { force: true })
  return files.length > 0
}

/** Up to the mark, and on as far as each write is there as its checksum says. */
async function reliableBytes(
  tarball: Tarball,
  { durableBytes, writes }: ReadJournal,
): Promise<number> {
  let end = durableBytes
  let buffer = new Uint8Array(0)
  for (const [offset, length, checksum] of writes) {
    // A write begun before the mark, or repeated where the drive took only some of it.
    if (offset > end || offset + length <= end) continue
    if (offset + length > tarball.sizeBytes) continue
    if (buffer.length < length) buffer = new Uint8Array(length)
    const bytes = buffer.subarray(0, length)
    if ((await tarball.read(bytes, offset)) === length && checksumOf(bytes) === checksum) {
      end = offset + length
    }
  }
  return end
}

/** Everything that is there is read; what is not as it should be, and all after it, is given up. */
async function checked(
  tarball: Tarball,
  { layout, onChecked }: PartialOptions,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<{ sizeBytes?: number; note?: string }> {
  const segments = expectedOfOurs(layout).filter(
    ({ offset, length }) => offset + length <= sizeBytes,
  )
  const onProgress = (bytes: number): void => onChecked?.(bytes, tarball.sizeBytes)
  const [problem] = await checkBytes(tarball, segments, { onProgress }, signal)
  if (problem === undefined) return {}
  const wrong = layout.members.findLast(({ headerOffset }) => headerOffset <= (problem.offset ?? 0))
  return { sizeBytes: wrong?.headerOffset ?? 0, note: problem.detail }
}
