import { once } from 'node:events'
import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { MachineWork } from '../../../main/transfer/fetch-ahead/machine-work.ts'

const SPIN = `require('node:worker_threads').parentPort.postMessage('')
const until = performance.now() + 2000
while (performance.now() < until);`

test('a machine is full where this process fills it, and not where it rests, nor one of many cores', async () => {
  const isSmall = cpus().length <= 16
  const machine = new MachineWork()
  await setTimeout(400)
  expect(machine.takeIsFull()).toBe(false)
  const spinning = Array.from(
    { length: isSmall ? cpus().length * 2 : 1 },
    () => new Worker(SPIN, { eval: true }),
  )
  await Promise.all(spinning.map(async (worker) => await once(worker, 'message')))
  machine.takeIsFull()
  await setTimeout(400)
  expect(machine.takeIsFull()).toBe(isSmall)
  await Promise.all(spinning.map(async (worker) => await worker.terminate()))
  machine.takeIsFull()
  await setTimeout(400)
  expect(machine.takeIsFull()).toBe(false)
})
