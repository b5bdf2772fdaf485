import type { TagRow } from '../../../main/api/shapes.ts'

/** Where a range begins, and what is done along it. */
export type Anchor = { tag: string; isPicked: boolean }

export type Choice = { tags: string[]; isPicked: boolean; anchor: Anchor }

/**
 * What a click on a tag does: it turns that tag round and becomes the anchor; with Shift everything between the
 * anchor and the tag becomes as the anchor is. An anchor that is no longer shown is none.
 */
export function clicked(
  order: readonly string[],
  picked: ReadonlySet<string>,
  tag: string,
  anchor: Anchor | undefined,
  isShift: boolean,
): Choice {
  const from = anchor ? order.indexOf(anchor.tag) : -1
  const to = order.indexOf(tag)
  if (isShift && anchor && from >= 0 && to >= 0) {
    const tags = order.slice(Math.min(from, to), Math.max(from, to) + 1)
    return { tags, isPicked: anchor.isPicked, anchor }
  }
  const isPicked = !picked.has(tag)
  return { tags: [tag], isPicked, anchor: { tag, isPicked } }
}

/** The `count` newest. */
export function newest(tags: readonly TagRow[], count: number): string[] {
  return newestFirst(tags)
    .slice(0, count)
    .map(({ tag }) => tag)
}

/** Those that begin with YY.MM and are not older than it; undefined when it is none. */
export function since(tags: readonly TagRow[], version: string): string[] | undefined {
  const limit = monthOf(version.trim(), /^(\d{2})\.(\d{1,2})$/)
  if (limit === undefined) return undefined
  return tags
    .filter(({ tag }) => (monthOf(tag, /^(\d{2})\.(\d{1,2})(?!\d)/) ?? -1) >= limit)
    .map(({ tag }) => tag)
}

export function newestFirst(tags: readonly TagRow[]): TagRow[] {
  return tags.toSorted((one, other) => timeOf(other) - timeOf(one))
}

function timeOf({ updated }: TagRow): number {
  const ms = updated === undefined ? Number.NaN : Date.parse(updated)
  return Number.isNaN(ms) ? 0 : ms
}

/** Months since 2000: 18.9 is September 2018. */
function monthOf(text: string, pattern: RegExp): number | undefined {
  const [, year, month] = pattern.exec(text) ?? []
  if (year === undefined || month === undefined) return undefined
  const number = Number(month)
  return number >= 1 && number <= 12 ? Number(year) * 12 + number : undefined
}
