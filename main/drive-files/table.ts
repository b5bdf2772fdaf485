import type { LibraryImage } from '../library/inventory.ts'
import { MARK } from './names.ts'

/**
 * `inventory.tsv`, for the load scripts: a line for each name of each complete image, `reference TAB platform TAB parts TAB
 * tarball`, 0 parts for a tarball in one file. Names of foreign tarballs may hold anything: what would break a line, or lead
 * out of the folder, is left out.
 */
export function formatTable(images: readonly LibraryImage[]): string {
  const rows = images.flatMap(({ status, reference, platform, file, files }) => {
    const cells = [reference ?? file, platform ?? 'unknown', String(files?.length ?? 0), file]
    return status === 'complete' && cells.every(isPlain) && !/[/\\]/.test(file) ? [cells] : []
  })
  return [[`# ${MARK}: image`, 'platform', 'parts', 'tarball'], ...rows]
    .map((cells) => `${cells.join('\t')}\n`)
    .join('')
}

/** Also no `#` at the start, which begins a comment, and no blank, which a shell would take off. */
function isPlain(cell: string): boolean {
  return /^[^\s#\p{C}](?:[^\p{C}]*[^\s\p{C}])?$/u.test(cell)
}
