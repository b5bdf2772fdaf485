import type { LibraryRow, LibraryView } from '../../api/shapes.ts'
import { inventoryPage } from '../../library/inventory-page.ts'
import { printableJson } from '../../printable.ts'
import { csvOf } from '../csv.ts'

/** An inventory as a file to be sent, kept or printed. */
export function exportLibrary(
  view: Omit<LibraryView, 'place'> & { folder: string },
  format: 'html' | 'csv' | 'json',
  now: Date = new Date(),
): string {
  if (format === 'csv') return csvOf([columns, ...view.rows.map(cells)])
  if (format === 'html') return page(view, now)
  const { verifying: _, ...rest } = view
  return `${printableJson({ exported: now.toISOString(), ...rest }, 2)}\n`
}

const columns = ['image', 'platform', 'size_bytes', 'saved', 'verified', 'status', 'digest', 'file']

function cells(row: LibraryRow): (string | number)[] {
  return [
    row.reference ?? '',
    row.platform ?? '',
    row.sizeBytes,
    row.savedMs === undefined ? '' : new Date(row.savedMs).toISOString(),
    verifiedInWords(row),
    row.status,
    row.digest ?? '',
    (row.files ?? [row.file]).join(' '),
  ]
}

function verifiedInWords({ verified }: LibraryRow): string {
  if (verified === undefined) return 'not verified'
  const date = new Date(verified.atMs).toISOString().slice(0, 10)
  return verified.ok ? `intact, ${date}` : `damaged, ${date}`
}

function page(view: Omit<LibraryView, 'place'> & { folder: string }, now: Date): string {
  const rows = view.rows.map((row) => ({
    name: row.reference ?? row.file,
    platform: row.platform ?? '',
    sizeBytes: row.sizeBytes,
    more: {
      Saved: row.savedMs === undefined ? '' : new Date(row.savedMs).toISOString().slice(0, 10),
      Verified: verifiedInWords(row),
    },
    status: row.detail === undefined ? row.status : `${row.status}: ${row.detail}`,
    digest: row.digest ?? '',
    files: row.files ?? [row.file],
  }))
  return inventoryPage(`Inventory of ${view.folder}`, rows, view, { now })
}
