import { describe, expect, test } from 'vitest'
import { clicked, newest, since } from '../../renderer/views/catalogue/tag-choice.ts'
import { targetOf } from '../../renderer/components/list-keys.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const row = (tag: string, updated?: string) => ({
  tag,
  platforms: [],
  isSigned: false,
  ...(updated !== undefined && { updated }),
})

describe('a click on a tag', () => {
  test('turns it round and becomes the anchor', () => {
    expect(clicked(order, new Set(), 'b', undefined, false)).toEqual({
      tags: ['b'],
      isPicked: true,
      anchor: { tag: 'b', isPicked: true },
    })
    expect(clicked(order, new Set('b'), 'b', undefined, false).isPicked).toBe(false)
  })
  test('with Shift picks everything up to it, in either direction', () => {
    const anchor = { tag: 'd', isPicked: true }
    expect(clicked(order, new Set('d'), 'b', anchor, true).tags).toEqual(['b', 'c', 'd'])
    expect(clicked(order, new Set('d'), 'e', anchor, true).tags).toEqual(['d', 'e'])
  })
  test('with Shift after an unpick unpicks the range', () => {
    const choice = clicked(order, new Set('abc'), 'c', { tag: 'a', isPicked: false }, true)
    expect(choice).toMatchObject({ tags: ['a', 'b', 'c'], isPicked: false })
  })
  test('with Shift and an anchor that is no longer shown is a plain click', () => {
    const choice = clicked(order, new Set(), 'c', { tag: 'gone', isPicked: true }, true)
    expect(choice).toMatchObject({ tags: ['c'], anchor: { tag: 'c' } })
  })
})

describe('a quick pick', () => {
  const tags = [
    row('latest'),
    row('18.09-py3', '2018-09-20'),
    row('24.05-py3', '2024-05-20'),
    row('18.9', '2018-09-01'),
    row('r32.1', '2020-01-01'),
    row('124.05', '2019-01-01'),
  ]
  test('takes the newest by date', () => {
    expect(newest(tags, 2)).toEqual(['24.05-py3', 'r32.1'])
  })
  test('takes those since a month, and of those without a month none', () => {
    expect(since(tags, '18.09')).toEqual(['18.09-py3', '24.05-py3', '18.9'])
    expect(since(tags, '18.10')).toEqual(['24.05-py3'])
  })
  test('knows what is no month', () => {
    expect(['18.13', 'x', '2018.01', ''].map((text) => since(tags, text))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    )
  })
})

test('keys lead through a list and not beyond its ends', () => {
  expect(targetOf('ArrowDown', 4, 5, 3)).toBe(4)
  expect(targetOf('ArrowUp', 0, 5, 3)).toBe(0)
  expect(targetOf('PageDown', 0, 5, 3)).toBe(3)
  expect(targetOf('End', 0, 5, 3)).toBe(4)
  expect(targetOf('x', 0, 5, 3)).toBeUndefined()
})
