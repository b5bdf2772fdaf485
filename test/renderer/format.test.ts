import { describe, expect, test } from 'vitest'
import { formatBytes, formatSpeed, percent } from '../../renderer/format/bytes.ts'
import { count } from '../../renderer/format/count.ts'
import { formatAge, formatDate } from '../../renderer/format/date.ts'
import { inWords, timeLeft } from '../../renderer/format/duration.ts'
import { partsOf, projectOf, shortDigest, shortName } from '../../renderer/format/reference.ts'
import { matches, sorted } from '../../renderer/format/sort.ts'

describe('bytes', () => {
  test('are decimal, with three significant digits', () => {
    expect([0, 1, 999, 1000, 8_900_000_000, 21_400_000_000, 210_000_000].map(formatBytes)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1.00 kB',
      '8.90 GB',
      '21.4 GB',
      '210 MB',
    ])
  })
  test('never read as a thousand of a unit', () => {
    expect([999_600, 999_499_999, 999_500_000, 9_996].map(formatBytes)).toEqual([
      '1.00 MB',
      '999 MB',
      '1.00 GB',
      '10.0 kB',
    ])
  })
  test('that are none read as none', () => {
    expect([Number.NaN, -1].map(formatBytes)).toEqual(['0 bytes', '0 bytes'])
    expect(formatSpeed(84_000_000)).toBe('84.0 MB/s')
  })
  test('are a hundred percent only when all are there', () => {
    expect([percent(999, 1000), percent(1000, 1000), percent(5, 0), percent(20, 10)]).toEqual([
      99, 100, 0, 100,
    ])
  })
})

describe('time left', () => {
  test('is said as one would say it', () => {
    const seconds = [3, 28, 55, 540, 3600, 7800, 36_000, 200_000]
    expect(seconds.map(inWords)).toEqual([
      'a few seconds',
      'about 30 s',
      'about 1 min',
      'about 9 min',
      'about 1 h',
      'about 2 h 10 min',
      'about 10 h',
      'about 2 days',
    ])
  })
  test('is not said while nobody knows', () => {
    expect([timeLeft(undefined), timeLeft(Number.POSITIVE_INFINITY)]).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('a reference', () => {
  test('falls into its parts', () => {
    expect(partsOf('nvcr.io/nvidia/clara/monai-toolkit:1.0')).toEqual({
      registry: 'nvcr.io',
      path: 'nvidia/clara/monai-toolkit',
      name: 'monai-toolkit',
      tag: '1.0',
    })
    expect(partsOf('localhost:5000/a/b:1')).toMatchObject({ registry: 'localhost:5000', tag: '1' })
    expect(partsOf('nvcr.io/a/b@sha256:00')).toMatchObject({ path: 'a/b', tag: 'sha256:00' })
  })
  test('has a short name', () => {
    expect(shortName('nvcr.io/nvidia/pytorch:24.05-py3')).toBe('pytorch 24.05-py3')
    expect(shortDigest(`sha256:${'a'.repeat(64)}`)).toBe('sha256:aaaaaaaa…aaaa')
  })
  test('belongs to a project, and perhaps to a team', () => {
    expect(projectOf('nvidia/pytorch')).toEqual({ project: 'nvidia' })
    expect(projectOf('nvidia/clara/monai')).toEqual({ project: 'nvidia', team: 'clara' })
  })
})

const by = (row: { tag?: string }) => row.tag

describe('a list', () => {
  test('is sorted by numbers in names, with what has no value last both ways', () => {
    const rows = [{ tag: '9.1' }, {}, { tag: '24.10' }, { tag: '24.9' }]
    expect(sorted(rows, by, 'ascending').map(by)).toEqual(['9.1', '24.9', '24.10', undefined])
    expect(sorted(rows, by, 'descending').map(by)).toEqual(['24.10', '24.9', '9.1', undefined])
  })
  test('is searched for every word', () => {
    expect(matches('py TORCH', ['nvidia/pytorch', undefined])).toBe(true)
    expect(matches('py flow', ['nvidia/pytorch'])).toBe(false)
  })
  test('is counted in words', () => {
    expect([count(1, 'image'), count(2, 'image')]).toEqual(['1 image', '2 images'])
  })
})

test('a date that is none is left out', () => {
  expect([formatDate('yesterday?'), formatDate(undefined), formatAge('x')]).toEqual(['', '', ''])
  expect(formatAge(0, 3 * 86_400_000)).toMatch(/3/)
})
