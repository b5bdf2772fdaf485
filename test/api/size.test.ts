import { describe, expect, test } from 'vitest'
import { exceeds } from '../../main/api/size.ts'

const cycle: Record<string, unknown> = {}
cycle['self'] = cycle

let deep: unknown = 'end'
for (let level = 0; level < 100; level++) deep = [deep]

describe('the size of an input', () => {
  test.each([
    ['nothing', undefined],
    ['a number', 7],
    ['a short text', 'nvcr.io/nvidia/pytorch:24.05-py3'],
    ['plain data', { rules: [{ project: 'nvidia', latest: 3 }], flag: true, none: null }],
    ['a text at the limit', 'x'.repeat(490)],
  ])('%s is within 1,000 bytes', (_what, value) => {
    expect(exceeds(value, 1000)).toBe(false)
  })

  test.each([
    ['a long text', 'x'.repeat(500)],
    ['a long text deep inside', { list: [{ text: 'x'.repeat(500) }] }],
    ['a long name', { ['x'.repeat(1000)]: 1 }],
    ['many small things', Array.from({ length: 200 }, () => 0)],
    ['a sparse giant', { list: Array.from({ length: 1_000_000 }) }],
    ['a cycle', cycle],
    ['a deep nest', deep],
    ['a map', new Map([['key', 'value']])],
    ['a date', new Date(0)],
    ['a buffer', new Uint8Array(8)],
  ])('%s is too much', (_what, value) => {
    expect(exceeds(value, 1000)).toBe(true)
  })
})
