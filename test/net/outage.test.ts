import { expect, test } from 'vitest'
import { NetworkError } from '../../main/net/failure.ts'
import { createOutage } from '../../main/net/outage.ts'
import { createStillClock } from '../support/still-clock.ts'

const gone = new NetworkError('name', 'The name nvcr.io could not be resolved.')

/** A line that answers as it is told, one look after another. */
function start(looks: boolean[], longestWaitMs = 3_600_000) {
  const clock = createStillClock()
  const told: string[] = []
  const outage = createOutage(
    {
      longestWaitMs,
      offline: (error) => told.push(`offline: ${String(error)}`),
      online: () => told.push('online'),
    },
    async () => looks.shift() ?? false,
    clock,
  )
  return { outage, clock, told }
}

test('where something answers the failure is not the line’s, and nobody waits', async () => {
  const { outage, clock, told } = start([true])
  expect(await outage.look(gone)).toBe('there')
  expect([clock.waits, told]).toEqual([[], []])
})

test('all wait together until the line is back, and it is told once', async () => {
  const { outage, clock, told } = start([false, false, false, true])
  const looks = await Promise.all([outage.look(gone), outage.look(gone), outage.look(gone)])
  expect(looks).toEqual(['back', 'back', 'back'])
  expect(clock.waits).toEqual([10_000, 10_000, 10_000])
  expect(told).toEqual([`offline: ${String(gone)}`, 'online'])
})

test('each outage has the whole wait, and one that was in vain ends all waiting', async () => {
  const { outage, clock, told } = start([false, false, true], 25_000)
  expect(await outage.look(gone)).toBe('back')
  expect(await outage.look(gone)).toBe('lost')
  expect(clock.waits).toEqual([10_000, 10_000, 10_000, 10_000, 5000])
  expect(await outage.look(gone)).toBe('lost')
  expect(clock.waits).toHaveLength(5)
  expect(told.filter((line) => line === 'online')).toHaveLength(1)
})

test('without a wait nobody is told of one', async () => {
  const { outage, told } = start([], 0)
  expect(await outage.look(gone)).toBe('lost')
  expect(told).toEqual([])
})

test('who leaves does not end the wait of the others', async () => {
  const leaves = new AbortController()
  const looks = [false, true]
  let online = 0
  const outage = createOutage(
    { longestWaitMs: 3_600_000, lookMs: 30, online: () => (online += 1) },
    async () => looks.shift() ?? false,
  )
  const leaving = outage.look(gone, leaves.signal)
  const staying = outage.look(gone, new AbortController().signal)
  leaves.abort()
  await expect(leaving).rejects.toMatchObject({ code: 'cancelled' })
  expect(await staying).toBe('back')
  expect(online).toBe(1)
})

test('cancelling ends the wait', async () => {
  const stop = new AbortController()
  const outage = createOutage({ longestWaitMs: 3_600_000, offline: () => stop.abort() }, () =>
    Promise.resolve(false),
  )
  await expect(outage.look(gone, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
})
