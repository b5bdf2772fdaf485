import { expect, test } from 'vitest'
import { allPages } from '../../main/ngc/pages.ts'

interface Page {
  readonly totalPages: number | undefined
  readonly names: readonly string[]
}

function book(pages: readonly (readonly string[])[], totalPages: number | undefined) {
  const asked: number[] = []
  const read = () =>
    allPages<Page>(
      (page) => {
        asked.push(page)
        return Promise.resolve({ totalPages, names: pages[page] ?? [] })
      },
      (page) => page,
    )
  return { asked, read }
}

test('all pages are read, in order, as many as the first one tells', async () => {
  const pages = Array.from({ length: 11 }, (_, index) => [`a${index}`, `b${index}`])
  const { asked, read } = book(pages, 11)
  const found = await read()
  expect(found.flatMap(({ names }) => names)).toEqual(pages.flat())
  expect(asked).toEqual([...pages.keys()])
})

test('without a total, reading ends at a page that is empty', async () => {
  const { asked, read } = book([['a'], ['b'], ['c']], undefined)
  expect((await read()).flatMap(({ names }) => names)).toEqual(['a', 'b', 'c'])
  expect(asked).toEqual([0, 1, 2, 3])
})

test('an empty first page ends it, whatever total it claims', async () => {
  const { asked, read } = book([], 1_000_000)
  await read()
  expect(asked).toEqual([0])
})

test('a service that repeats one page for ever is noticed', async () => {
  const same = Array.from({ length: 50 }, () => ['a', 'b'])
  const { asked, read } = book(same, 1_000_000)
  expect(await read()).toHaveLength(1)
  expect(asked.length).toBeLessThan(10)
})

test('a list without end is an error, not an endless run', async () => {
  const read = allPages<Page>(
    (page) =>
      Promise.resolve({
        totalPages: undefined,
        names: Array.from({ length: 1000 }, (_, index) => `${page}-${index}`),
      }),
    (page) => page,
  )
  await expect(read).rejects.toMatchObject({ code: 'protocol' })
})
