import { expect, test } from 'vitest'
import { createConnectionCount, type ConnectionLimits } from '../../main/net/connection-count.ts'

/** A far end, round by round: what one round of so many connections takes, and whether it is refused. */
function start(limits: ConnectionLimits) {
  let now = 0
  const count = createConnectionCount({ ...limits, now: () => now })
  const round = (roundMs: number): number => {
    now += roundMs
    for (let left = count.current; left > 0; left--) count.succeeded(1_000_000)
    return count.current
  }
  const refuse = (): number => {
    now += 2000
    count.slowDown()
    return count.current
  }
  return { count, round, refuse, pass: (milliseconds: number) => (now += milliseconds) }
}

test('it begins with as many as may be, or as it is told, and never has more', () => {
  expect(createConnectionCount({ most: 8 }).current).toBe(8)
  const { count, round } = start({ most: 3, first: 2 })
  expect(count.current).toBe(2)
  for (let rounds = 0; rounds < 20; rounds++) expect(round(100)).toBeLessThanOrEqual(3)
})

test('half as many when the far end wants less, down to one', () => {
  const { refuse } = start({ most: 8 })
  expect([refuse(), refuse(), refuse(), refuse()]).toEqual([4, 2, 1, 1])
})

test('requests that were refused together count once', () => {
  const { count, pass } = start({ most: 8 })
  for (let refused = 0; refused < 8; refused++) {
    count.slowDown()
    pass(50)
  }
  expect(count.current).toBe(4)
})

test('one more after each round, for as long as it helps', () => {
  const { round, refuse } = start({ most: 8 })
  expect(refuse()).toBe(4)
  // A round takes as long with one more: each connection has a rate of its own.
  expect([round(1000), round(1000), round(1000), round(1000), round(1000)]).toEqual([5, 6, 7, 8, 8])
})

test('what does not help is taken back, and tried again only after a while', () => {
  const { round } = start({ most: 16, first: 1 })
  // The line carries three connections' worth; more only share it.
  const counts = [1]
  for (let rounds = 0; rounds < 40; rounds++) {
    counts.push(round(1000 * Math.max(1, (counts.at(-1) ?? 1) / 3)))
  }
  expect(Math.max(...counts)).toBe(4)
  expect(counts.filter((each) => each === 4).length).toBeLessThan(8)
  expect(counts.at(-1)).toBe(3)
})

test('a far end that bears five is found again and again, and not overrun for long', () => {
  const { count, round, refuse } = start({ most: 16, first: 1 })
  let refusals = 0
  let sum = 0
  const rounds = 200
  for (let index = 0; index < rounds; index++) {
    sum += count.current
    if (count.current > 5) {
      refusals += 1
      refuse()
    } else {
      round(1000)
    }
  }
  expect(sum / rounds).toBeGreaterThan(3.5)
  expect(refusals / rounds).toBeLessThan(0.3)
})

test('who follows it is told of each change, and of nothing else', () => {
  const told: number[] = []
  let now = 0
  const count = createConnectionCount({
    most: 4,
    now: () => now,
    changed: () => told.push(count.current),
  })
  for (let answers = 0; answers < 12; answers++) count.succeeded(1)
  now = 2000
  count.slowDown()
  expect(told).toEqual([2])
})
