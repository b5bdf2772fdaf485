import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ThreadWork } from '../../../main/transfer/fetch-ahead/thread-work.ts'

/** Gives the share of that time that a processor was there for it: not all of it where others work too. */
function workFor(ms: number): number {
  const cpu = process.cpuUsage()
  const until = performance.now() + ms
  while (performance.now() < until);
  const { user, system } = process.cpuUsage(cpu)
  return Math.min(1, (user + system) / 1000 / ms)
}

test.for([
  ['told by the loop', new ThreadWork()],
  // As in Electron's first thread.
  ['guessed', new ThreadWork(() => ({ idle: 0, active: 0, utilization: 0 }))],
] as const)('work and rest are told apart (%s)', async ([how, work]) => {
  work.takeShare()
  await setTimeout(300)
  expect(work.takeShare()).toBeLessThan(0.5)
  const got = workFor(300)
  await setTimeout(1)
  expect(work.takeShare()).toBeGreaterThan(how === 'guessed' ? 0.6 * got : 0.6)
  await setTimeout(300)
  expect(work.takeShare()).toBeLessThan(0.5)
})
