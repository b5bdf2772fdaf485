import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ThreadWork } from '../../../main/transfer/fetch-ahead/thread-work.ts'

function workFor(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test.for([
  ['told by the loop', new ThreadWork()],
  // As in Electron's first thread.
  ['guessed', new ThreadWork(() => ({ idle: 0, active: 0, utilization: 0 }))],
] as const)('work and rest are told apart (%s)', async ([, work]) => {
  work.takeShare()
  await setTimeout(300)
  expect(work.takeShare()).toBeLessThan(0.5)
  workFor(300)
  await setTimeout(1)
  expect(work.takeShare()).toBeGreaterThan(0.6)
  await setTimeout(300)
  expect(work.takeShare()).toBeLessThan(0.5)
})
