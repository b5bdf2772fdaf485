import type { LibraryRow, LibraryView } from '../../api/shapes.ts'
import { formatBytes } from '../../format.ts'
import { printable, printableJson } from '../../printable.ts'
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

/** One page that needs nothing else: no script, no address. Its policy says so too, should an escape ever be forgotten. */
function page(view: Omit<LibraryView, 'place'> & { folder: string }, now: Date): string {
  const rows = view.rows.map(
    (row) => `<tr>
<td>${escapeHtml(row.reference ?? row.file)}</td>
<td>${escapeHtml(row.platform ?? '')}</td>
<td class="number">${formatBytes(row.sizeBytes)}</td>
<td>${row.savedMs === undefined ? '' : new Date(row.savedMs).toISOString().slice(0, 10)}</td>
<td>${escapeHtml(verifiedInWords(row))}</td>
<td>${escapeHtml(row.detail === undefined ? row.status : `${row.status}: ${row.detail}`)}</td>
<td><code>${escapeHtml(row.digest ?? '')}</code></td>
<td><code>${escapeHtml((row.files ?? [row.file]).join(' '))}</code></td>
</tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Inventory of ${escapeHtml(view.folder)}</title>
<style>
:root { color-scheme: light dark }
body { font: 14px/1.5 system-ui, sans-serif; margin: 24px }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8884; padding: 6px 8px; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
code { font-size: 12px }
</style>
</head>
<body>
<h1>Inventory of ${escapeHtml(view.folder)}</h1>
<p>${view.rows.length} images, ${formatBytes(view.totalBytes)}, of which ${formatBytes(view.sharedBytes)} stand in several. ${escapeHtml(now.toISOString().slice(0, 16).replace('T', ' '))} UTC.</p>
<table>
<thead><tr>${['Image', 'Platform', 'Size', 'Saved', 'Verified', 'Status', 'Digest', 'File'].map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)
}
