import { expect, test } from 'vitest'
import { systemClock } from '../../main/net/clock.ts'
import { createRateLimit } from '../../main/net/rate-limit.ts'
import { createStillClock } from '../support/still-clock.ts'

const CHUNK = 64 * 1024

test('without a limit bytes pass at once', () => {
  expect(createRateLimit().take(1e9)).toBeUndefined()
})

test.each([50_000, 1_000_000, 80_000_000])(
  '%d bytes a second hold within 5 percent',
  async (rate) => {
    const clock = createStillClock()
    const limit = createRateLimit(rate, clock)
    let passed = 0
    for (let chunk = 0; chunk < 200; chunk++) {
      await limit.take(CHUNK)
      passed += CHUNK
    }
    const seconds = clock.now() / 1000
    expect(passed / seconds / rate).toBeGreaterThan(0.95)
    expect(passed / seconds / rate).toBeLessThan(1.05)
  },
)

test('a large chunk passes in portions, and without a limit as it is', () => {
  const chunk = Uint8Array.from({ length: 3 * CHUNK + 5 }, (_, index) => index % 251)
  const portions = createRateLimit(100_000).portions(chunk)
  expect(portions.map(({ length }) => length)).toEqual([CHUNK, CHUNK, CHUNK, 5])
  expect(Buffer.concat(portions).equals(chunk)).toBe(true)
  expect(createRateLimit().portions(chunk)).toEqual([chunk])
})

test('several streams share one limit', async () => {
  const clock = createStillClock()
  const limit = createRateLimit(1_000_000, clock)
  const stream = async (): Promise<void> => {
    for (let chunk = 0; chunk < 50; chunk++) await limit.take(CHUNK)
  }
  await Promise.all([stream(), stream(), stream(), stream()])
  // The still clock adds up the waits of all streams, so time is at least what one limit asks for.
  expect(clock.now() / 1000).toBeGreaterThan(((200 * CHUNK) / 1_000_000) * 0.95)
})

test('the limit holds on a real clock, shared by four streams', async () => {
  const rate = 20_000_000
  const limit = createRateLimit(rate)
  const began = systemClock.now()
  let passed = 0
  const stream = async (): Promise<void> => {
    while (passed < rate / 2) {
      passed += CHUNK
      await limit.take(CHUNK)
    }
  }
  await Promise.all([stream(), stream(), stream(), stream()])
  const seconds = (systemClock.now() - began) / 1000
  expect(passed / seconds / rate).toBeGreaterThan(0.9)
  expect(passed / seconds / rate).toBeLessThan(1.05)
})

test('a new limit holds for those who wait already', async () => {
  const limit = createRateLimit(1)
  await limit.take(CHUNK)
  const waiting = limit.take(1)
  limit.bytesPerSecond = undefined
  await waiting
})

test('a quiet time does not add up to a burst', async () => {
  const clock = createStillClock()
  const limit = createRateLimit(1_000_000, clock)
  await limit.take(1)
  clock.pass(60_000)
  const quiet = clock.now()
  for (let chunk = 0; chunk < 16; chunk++) await limit.take(CHUNK)
  expect(clock.now() - quiet).toBeGreaterThan(800)
})

test('waiting ends when the user cancels', async () => {
  const limit = createRateLimit(1)
  await limit.take(CHUNK)
  const stop = new AbortController()
  const waiting = limit.take(1, stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
})
