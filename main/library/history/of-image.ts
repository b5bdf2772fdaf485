import type { HistoryEntry } from './entry.ts'
import type { ReadEntry } from './history.ts'

interface InTarball {
  readonly file: string
  readonly reference?: string | null | undefined
  readonly digest?: string | null | undefined
}

/** What was done with one image: with its tarball, or with the image of that name in it. Pure. */
export function historyOf<Entry extends HistoryEntry>(
  entries: readonly Entry[],
  { file, reference, digest }: InTarball,
): Entry[] {
  return entries.filter(
    (entry) =>
      entry.file === file &&
      (entry.reference === undefined ||
        entry.reference === reference ||
        // A registry knows Docker's short names by their long ones.
        (digest !== null && digest !== undefined && entry.digest === digest)),
  )
}

/**
 * The last time the tarball was read back on this machine, as far as its files are still the same. One that was saved since
 * is another. Pure.
 */
export function lastVerified(
  history: readonly ReadEntry[],
  stamp: string | undefined,
): HistoryEntry | undefined {
  const last = history.findLast(
    ({ what, isOwn }) => what === 'saved' || (what === 'verified' && isOwn),
  )
  return last?.what === 'verified' && last.stamp === stamp ? last : undefined
}
