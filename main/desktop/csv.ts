/**
 * Rows as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it: references and
 * labels were written by strangers.
 */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = value.replaceAll(/[^\P{Cc}\r\n\t]/gu, '\u{FFFD}')
  // Where a semicolon or a tab separates cells, one begins behind each.
  const safe = text
    .replaceAll(/([;|,\t\r\n])(?=[\s"]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20])/g, "$1'")
    .replace(/^(?=[\s"]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20])/, "'")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
