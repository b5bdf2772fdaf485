import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SaveUpdate } from '../../../main/desktop/saving/saving.ts'
import { Updates } from '../../../main/desktop/saving/updates.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const told: SaveUpdate[] = []
const updates = new Updates((update) => told.push(update))
afterEach(() => told.splice(0))

const progress = (writtenBytes: number) =>
  ({ phase: 'downloading', writtenBytes, durableBytes: 0 }) as const

test('thousands of chunks are few updates, which lose no byte', () => {
  updates.add({ phase: 'downloading' })
  for (let chunk = 1; chunk <= 1000; chunk += 1) {
    updates.add({ fetchedBytes: 10 })
    updates.add({ progress: progress(10 * chunk), phase: 'downloading' })
  }
  vi.advanceTimersByTime(100)
  expect(told).toEqual([
    { phase: 'downloading' },
    { phase: 'downloading', fetchedBytes: 10_000, progress: progress(10_000) },
  ])
})

test('a new phase is told at once, with what came before it', () => {
  updates.add({ fetchedBytes: 10 })
  updates.add({ verifiedBytes: 1, phase: 'verifying' })
  expect(told).toEqual([{ fetchedBytes: 10, verifiedBytes: 1, phase: 'verifying' }])
})

test('the last is not waited for', () => {
  updates.add({ verifiedBytes: 2 })
  updates.flush()
  expect(told).toEqual([{ verifiedBytes: 2 }])
  vi.advanceTimersByTime(1000)
  expect(told).toHaveLength(1)
})
