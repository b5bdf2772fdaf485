import type { HistoryEntry } from './entry.ts'

interface InTarball {
  readonly file: string
  readonly reference?: string | null | undefined
  readonly digest?: string | null | undefined
}

/** What was done with one image: with its tarball, or with the image of that name in it. Pure. */
export function historyOf(
  entries: readonly HistoryEntry[],
  { file, reference, digest }: InTarball,
): HistoryEntry[] {
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
 * The last time the tarball was read back, as far as its files are still the same. One that was saved since is another. Pure.
 */
export function lastVerified(
  history: readonly HistoryEntry[],
  stamp: string | undefined,
): HistoryEntry | undefined {
  const last = history.findLast(({ what }) => what === 'saved' || what === 'verified')
  return last?.what === 'verified' && last.stamp === stamp ? last : undefined
}
