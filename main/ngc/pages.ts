import { AppError } from '../api/errors.ts'

/** What one page told. */
export interface PageOutline {
  readonly totalPages: number | undefined
  /** What identifies the entries, to notice a service that repeats itself. */
  readonly names: readonly string[]
}

/**
 * All pages of a list, in order, numbered from 0. Ends at the total that the first page tells, else at a page that brings
 * nothing new. Throws AppError `protocol` for a list without end.
 */
export async function allPages<Page>(
  ask: (page: number) => Promise<Page>,
  outline: (page: Page) => PageOutline,
): Promise<Page[]> {
  const first = await ask(0)
  const pages = [first]
  const names = new Set(outline(first).names)
  const total = outline(first).totalPages ?? Infinity
  if (names.size === 0) return pages
  while (pages.length < total) {
    if (names.size > MOST_ENTRIES || pages.length > MOST_PAGES) {
      throw new AppError('protocol', 'The catalogue answers with a list that does not end.')
    }
    const start = pages.length
    // Where the total is not known, the next page may not exist.
    const count = total === Infinity ? 1 : Math.min(AT_ONCE, total - start)
    const batch = await Promise.all(Array.from({ length: count }, (_, index) => ask(start + index)))
    for (const page of batch) {
      const before = names.size
      for (const name of outline(page).names) names.add(name)
      if (names.size === before) return pages
      pages.push(page)
    }
  }
  return pages
}

const AT_ONCE = 4
const MOST_PAGES = 10_000
const MOST_ENTRIES = 100_000
