import { expect, test } from 'vitest'
import { failureLines } from '../../main/cli/output.ts'
import { AppError } from '../../main/api/errors.ts'
import { formatBytes, formatDuration, formatWait } from '../../main/format.ts'
import { printable } from '../../main/printable.ts'
import { collect, parseBytes, parseCount, parseDuration } from '../../main/cli/parse.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [99_960, '100 kB'],
  [999_600, '1.00 MB'],
  [8_900_000_000, '8.90 GB'],
  [21_440_000_000, '21.4 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0.2, 'about 1 s'],
  [59, 'about 59 s'],
  [540, 'about 9 min'],
  [7500, 'about 2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test.each([
  ['0', 0, '0 s'],
  ['90s', 90_000, '90 s'],
  ['30 min', 1_800_000, '30 min'],
  ['30m', 1_800_000, '30 min'],
  ['8h', 28_800_000, '8 h'],
  ['2d', 172_800_000, '2 d'],
])('a wait of %s is asked for and told', (text, milliseconds, told) => {
  expect(parseDuration(text)).toBe(milliseconds)
  expect(formatWait(milliseconds)).toBe(told)
})

test.each(['', '8', 'soon', '-1h', '1e9d', '400d', 'Infinity'])('%j is no time', (text) => {
  expect(() => parseDuration(text)).toThrow('Write a time')
})

test('a terminal is not steered by a text from outside', () => {
  expect(printable('a\u001B[2Jb\rc\u009Bd\u202Ee')).toBe('a\uFFFD[2Jb\uFFFDc\uFFFDd\uFFFDe')
  expect(printable('héllo – 漢字')).toBe('héllo – 漢字')
})

test.each([
  ['1000', 1000],
  ['4G', 4e9],
  ['4GB', 4e9],
  ['1.5MiB', 1_572_864],
  ['10k', 10_000],
])('%s is a number of bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes)
})

test.each(['', '-1', '0', '4X', 'many', '1e9', '99999999T'])('“%s” is not', (text) => {
  expect(() => parseBytes(text)).toThrow(/Write a number of bytes/)
})

test('counts are whole and at least one', () => {
  expect(parseCount('3')).toBe(3)
  for (const text of ['0', '-1', '1.5', 'x', ''])
    expect(() => parseCount(text)).toThrow(/whole number/)
})

test('a repeatable option collects, and takes several from one variable', () => {
  expect(collect('b c', ['a'])).toEqual(['a', 'b', 'c'])
})

test('what failed is named once', () => {
  const named = new AppError('damaged', 'a.tar.partial was never finished.', { hint: 'Again.' })
  expect(failureLines('a.tar.partial', named)).toEqual([
    'failed: a.tar.partial was never finished.',
    '        Again.',
  ])
  expect(failureLines('b.tar', named)[0]).toBe('failed: b.tar: a.tar.partial was never finished.')
})
