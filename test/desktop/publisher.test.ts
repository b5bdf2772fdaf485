import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPublisher } from '../../main/desktop/publisher.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('many changes are told seldom, urgent ones at once, and the last state always', async () => {
  let state = 0
  const told: number[] = []
  const publisher = createPublisher(
    () => told.push(state),
    () => 200,
  )
  for (state = 1; state <= 50; state += 1) {
    publisher.touch()
    await vi.advanceTimersByTimeAsync(10)
  }
  const often = told.length
  expect(often).toBeLessThanOrEqual(4)
  state = 100
  publisher.hurry()
  expect(told).toHaveLength(often)
  await vi.advanceTimersByTimeAsync(0)
  expect(told.at(-1)).toBe(100)
  state = 101
  publisher.touch()
  await vi.advanceTimersByTimeAsync(199)
  expect(told.at(-1)).toBe(100)
  await vi.advanceTimersByTimeAsync(1)
  expect(told.at(-1)).toBe(101)
  publisher.hurry()
  publisher.close()
  await vi.advanceTimersByTimeAsync(1000)
  expect(told.at(-1)).toBe(101)
  expect(told).toHaveLength(often + 2)
})
