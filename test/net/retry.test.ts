import { expect, test } from 'vitest'
import { AppError } from '../../main/api/errors.ts'
import { NetworkError, StatusError } from '../../main/net/failure.ts'
import { isWorthRetrying, retry, retryAfterMs } from '../../main/net/retry.ts'
import { createStillClock, impatient } from '../support/still-clock.ts'

function failing(times: number, error: Error): () => Promise<string> {
  let left = times
  return async () => {
    if (left-- > 0) throw error
    return 'done'
  }
}

test('what passes is tried again with delays that double, until it works', async () => {
  const clock = createStillClock()
  const attempt = failing(4, new NetworkError('reset', 'broke'))
  expect(await retry(attempt, impatient(clock))).toBe('done')
  expect(clock.waits).toEqual([375, 750, 1500, 3000])
})

test('after six failures the last error is thrown', async () => {
  const clock = createStillClock()
  const error = new StatusError(503, 'busy')
  await expect(retry(failing(99, error), impatient(clock))).rejects.toBe(error)
  expect(clock.waits).toHaveLength(5)
})

test('Retry-After is obeyed where it is longer than the back-off, up to a bound', async () => {
  const clock = createStillClock()
  const asked = new StatusError(429, 'slow', { retryAfterMs: 7000 })
  await retry(failing(1, asked), impatient(clock))
  const tooLong = new StatusError(429, 'slow', { retryAfterMs: 86_400_000 })
  await retry(failing(1, tooLong), impatient(clock))
  expect(clock.waits).toEqual([7000, 120_000])
})

test('what will not pass is thrown at once', async () => {
  const clock = createStillClock()
  for (const error of [
    new AppError('denied', 'no'),
    new StatusError(404, 'no'),
    new NetworkError('certificate', 'untrusted'),
    new TypeError('a bug'),
  ]) {
    await expect(retry(failing(1, error), impatient(clock))).rejects.toBe(error)
  }
  expect(clock.waits).toEqual([])
})

const worth = (status: number): boolean => isWorthRetrying(new StatusError(status, ''))

test('statuses that pass are told from those that do not', () => {
  expect([408, 429, 500, 502, 503, 504].map(worth)).toEqual(Array(6).fill(true))
  expect([400, 401, 403, 404, 410, 416, 451, 501].map(worth)).toEqual(Array(8).fill(false))
})

test('a wait ends as soon as the user cancels', async () => {
  const stop = new AbortController()
  const policy = {
    ...impatient(),
    retrying: () => stop.abort(),
  }
  await expect(
    retry(failing(9, new NetworkError('reset', 'broke')), policy, stop.signal),
  ).rejects.toMatchObject({ code: 'cancelled' })
})

test('Retry-After is read as seconds and as a date', () => {
  const now = Date.parse('2024-05-01T12:00:00Z')
  expect(retryAfterMs('30', now)).toBe(30_000)
  expect(retryAfterMs('Wed, 01 May 2024 12:00:10 GMT', now)).toBe(10_000)
  expect(retryAfterMs('Wed, 01 May 2024 11:00:00 GMT', now)).toBe(0)
  expect(retryAfterMs('-3', now)).toBeUndefined()
  expect(retryAfterMs('soon', now)).toBeUndefined()
  expect(retryAfterMs(undefined, now)).toBeUndefined()
})
