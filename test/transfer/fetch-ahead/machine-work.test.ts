import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { MachineWork, type MachineTimes } from '../../../main/transfer/fetch-ahead/machine-work.ts'

/** Of two cores, in a quarter of a second. */
function isFull(busyMs: number, ownMs: number): boolean {
  const times: MachineTimes[] = [
    { allMs: 1000, busyMs: 300, ownMs: 100 },
    { allMs: 1500, busyMs: 300 + busyMs, ownMs: 100 + ownMs },
  ]
  const machine = new MachineWork(() => times.shift())
  expect(machine.takeIsFull()).toBe(false)
  return machine.takeIsFull()
}

test.for([
  ['this process and what works for it fill it', 450, 320, true],
  ['it waits for a drive or a line', 200, 180, false],
  ['others fill it', 495, 100, false],
] as const)('%s', ([, busyMs, ownMs, expected]) => {
  expect(isFull(busyMs, ownMs)).toBe(expected)
})

test('a real machine is not full of a process that rests, nor is one that is not looked at', async () => {
  const machine = new MachineWork()
  machine.takeIsFull()
  await setTimeout(300)
  expect(machine.takeIsFull()).toBe(false)
  expect(new MachineWork(() => undefined).takeIsFull()).toBe(false)
})
