import { expect, test } from 'vitest'
import { progressLine } from '../../main/cli/progress-line.ts'

const name = 'nvidia/clara/a-very-long-name-of-a-repository:24.05-py3'
const state = { bytes: 6_100_000_000, totalBytes: 8_900_000_000, bytesPerSecond: 84_000_000 }

test('a line of progress fits the terminal and keeps the end of the name and all numbers', () => {
  for (const columns of [80, 100, 200]) {
    const line = progressLine(name, state, columns)
    expect(line.length).toBeLessThan(columns)
    expect(line).toContain('24.05-py3')
    expect(line).toContain('68%  6.10 GB of 8.90 GB  84.0 MB/s  about 33 s left')
  }
  expect(progressLine(name, state, 120)).toContain('█████████████░░░░░░░')
  expect(progressLine(name, state, 60)).toMatch(/84\.0 MB\/s$/)
  expect(progressLine(name, state, 20).length).toBeLessThan(20)
})

test('time left is absent until known and when nothing is left, and flushing and checking are said', () => {
  expect(progressLine('a', { ...state, bytesPerSecond: undefined }, 80)).not.toContain('left')
  expect(progressLine('a', { ...state, bytes: state.totalBytes }, 80)).not.toContain('left')
  expect(progressLine('a', { ...state, flushingBytes: 210_000_000 }, 80)).toContain(
    'flushing to the drive, 210 MB left',
  )
  const checked = { doneBytes: 1_200_000_000, totalBytes: 3_000_000_000 }
  expect(progressLine('a', { ...state, checked }, 80)).toMatch(
    /checking what is there: 1\.20 GB of 3\.00 GB$/,
  )
})
