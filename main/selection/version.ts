/**
 * The version at the head of a tag, and the order of tags. NGC's tags are not semantic versions
 * (`24.05-py3`, `r32.4.2-tf1.15-py3`, `12.4.1-base-ubuntu22.04`), so they sort by their numeric parts.
 */

/** A monthly release, `18.9` and `18.09` alike. */
export interface Month {
  readonly year: number
  readonly month: number
}

/** NGC opened in 2016: an earlier "year" is another product's version, such as CUDA's 12.10. */
const FIRST_YEAR = 16

/** The month a tag begins with, or undefined where it begins otherwise (`latest`, `r32.4`, `12.10.0-base`). */
export function monthOf(tag: string): Month | undefined {
  const found = parseMonth(/^\d{2}\.\d{1,2}(?!\d)/.exec(tag)?.[0] ?? '')
  return found && found.year >= FIRST_YEAR ? found : undefined
}

/** `18.04` or `18.4` as a month; undefined if it is anything else. */
export function parseMonth(text: string): Month | undefined {
  const [, year, month] = /^(\d{2})\.(\d{1,2})$/.exec(text) ?? []
  if (year === undefined || month === undefined) return undefined
  const found = { year: Number(year), month: Number(month) }
  return found.month >= 1 && found.month <= 12 ? found : undefined
}

export function isBefore(a: Month, b: Month): boolean {
  return a.year === b.year ? a.month < b.month : a.year < b.year
}

/** What the flavours of one version share: `24.05-py3` and `24.05-py2` are one version, `latest` is its own. */
export function versionOf(tag: string): string {
  const { prefix, numbers } = head(tag)
  return numbers.length === 0 ? tag : `${prefix}${numbers.join('.')}`
}

/** Order for `sort`: newest version first; tags without a version last; flavours of one version by name. */
export function newestFirst(a: string, b: string): number {
  const [left, right] = [head(a), head(b)]
  if (left.numbers.length === 0 || right.numbers.length === 0) {
    return right.numbers.length - left.numbers.length || byText(a, b)
  }
  if (left.prefix !== right.prefix) return byText(left.prefix, right.prefix)
  const length = Math.max(left.numbers.length, right.numbers.length)
  for (let index = 0; index < length; index += 1) {
    const difference = (right.numbers[index] ?? -1) - (left.numbers[index] ?? -1)
    if (difference !== 0) return difference
  }
  return byText(a, b)
}

/** The leading version of a tag; a leading `v` says nothing, other words (`r32`) are a line of their own. */
function head(tag: string): { prefix: string; numbers: number[] } {
  const [, prefix = '', digits] = /^([A-Za-z]*?)(\d+(?:\.\d+)*)/.exec(tag) ?? []
  return {
    prefix: prefix === 'v' ? '' : prefix,
    numbers: digits === undefined ? [] : digits.split('.').map(Number),
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
