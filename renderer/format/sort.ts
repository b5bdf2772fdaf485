export type Direction = 'ascending' | 'descending'
export type Sortable = string | number | undefined

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** A sorted copy. What has no value stands last in both directions; equals keep their order. */
export function sorted<Row>(
  rows: readonly Row[],
  value: (row: Row) => Sortable,
  direction: Direction,
): Row[] {
  const sign = direction === 'ascending' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [value(one), value(other)]
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
    return (
      sign *
      (typeof a === 'number' && typeof b === 'number'
        ? a - b
        : collator.compare(String(a), String(b)))
    )
  })
}

/** Whether every word of what was typed occurs somewhere in the texts, whatever its case. */
export function matches(typed: string, texts: readonly (string | undefined)[]): boolean {
  const text = texts
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
