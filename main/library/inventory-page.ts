import { formatBytes, plural } from '../format.ts'
import { printable } from '../printable.ts'
import type { LibraryTotals } from './totals.ts'

/** One image on the page. */
export interface PageRow {
  readonly name: string
  readonly platform: string
  readonly sizeBytes: number
  /** By column: `Saved`, `Verified`. The same in every row. */
  readonly more: Readonly<Record<string, string>>
  readonly status: string
  readonly digest: string
  readonly files: readonly string[]
}

/** One page that needs nothing else: no script, no address. Its policy says so too, should an escape ever be forgotten. */
export function inventoryPage(
  title: string,
  rows: readonly PageRow[],
  { totalBytes, sharedBytes }: LibraryTotals,
  { now, note }: { now?: Date; note?: string } = {},
): string {
  const columns = ['Image', 'Platform', 'Size', ...moreColumns(rows), 'Status', 'Digest', 'File']
  const shared = sharedBytes > 0 ? `, of which ${formatBytes(sharedBytes)} stand in several` : ''
  const written = now && ` Written on ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC.`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="NGC Replicator">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
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
<h1>${escapeHtml(title)}</h1>
<p>${plural(rows.length, 'image')}, ${formatBytes(totalBytes)}${shared}.${written ?? ''}</p>${note === undefined ? '' : `\n<p>${escapeHtml(note)}</p>`}
<table>
<thead><tr>${columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(rowOf).join('\n')}
</tbody>
</table>
</body>
</html>
`
}

function moreColumns([row]: readonly PageRow[]): string[] {
  return Object.keys(row?.more ?? {})
}

function rowOf({ name, platform, sizeBytes, more, status, digest, files }: PageRow): string {
  const cells = [
    cell(name),
    cell(platform),
    `<td class="number">${formatBytes(sizeBytes)}</td>`,
    ...Object.values(more).map(cell),
    cell(status),
    `<td><code>${escapeHtml(digest)}</code></td>`,
    `<td><code>${escapeHtml(files.join(' '))}</code></td>`,
  ]
  return `<tr>\n${cells.join('\n')}\n</tr>`
}

function cell(text: string): string {
  return `<td>${escapeHtml(text)}</td>`
}

function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)
}
