import { expect, test } from 'vitest'
import { DriveOrLine } from '../../main/transfer/drive-or-line.ts'

const MB = 1e6
const fast = 100 * MB

/** A drive of which so much was read at this rate, and the time since. */
function measured(bytesPerSecond: number, bytes = 100 * MB) {
  let nowMs = 0
  const choice = new DriveOrLine(() => nowMs)
  choice.read(bytes, bytes / bytesPerSecond)
  return { choice, pass: (seconds: number) => (nowMs += seconds * 1000) }
}

test('what the drive holds is read from there unless the line is clearly faster', () => {
  expect(measured(70 * MB).choice.choose(fast)).toBe('drive')
  expect(measured(67 * MB).choice.choose(fast)).toBe('drive')
  expect(measured(60 * MB).choice.choose(fast)).toBe('line')
})

test('a line that is not known, or that may not be used for it, is not chosen', () => {
  const { choice } = measured(10 * MB)
  expect(choice.choose(fast)).toBe('line')
  expect(choice.choose(undefined)).toBe('drive')
})

test('a drive is not judged before it has read enough, or kept one waiting long enough', () => {
  expect(new DriveOrLine(() => 0).choose(fast)).toBe('drive')
  expect(measured(10 * MB, 5 * MB).choice.choose(fast)).toBe('drive')
  expect(measured(1 * MB, 2 * MB).choice.choose(fast)).toBe('line')
})

test('once chosen, the line is kept to until it is hardly faster any more', () => {
  const { choice } = measured(60 * MB)
  expect(choice.choose(80 * MB)).toBe('drive')
  expect(choice.choose(fast)).toBe('line')
  expect(choice.choose(80 * MB)).toBe('line')
  expect(choice.choose(70 * MB)).toBe('drive')
})

test('a drive that was slow a minute ago is tried once more', () => {
  const { choice, pass } = measured(10 * MB)
  expect(choice.choose(fast)).toBe('line')
  pass(59)
  expect(choice.choose(fast)).toBe('line')
  pass(2)
  expect(choice.choose(fast)).toBe('drive')
  choice.read(20 * MB, 2)
  expect(choice.choose(fast)).toBe('line')
})

test('what a drive reads now weighs more than what it read long ago', () => {
  const { choice } = measured(70 * MB, 2000 * MB)
  expect(choice.choose(fast)).toBe('drive')
  for (let second = 0; second < 60; second += 1) choice.read(10 * MB, 1)
  expect(choice.choose(fast)).toBe('line')
})

test('however fast the line, a fast drive is read', () => {
  expect(measured(90 * MB).choice.choose(1000 * MB)).toBe('drive')
})
