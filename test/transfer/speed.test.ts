import { expect, test } from 'vitest'
import { createSpeed } from '../../main/transfer/speed.ts'

test('speed is absent until known, and then follows the last ten seconds', () => {
  let clock = 0
  const speed = createSpeed(() => clock)
  speed.add(0)
  expect(speed.bytesPerSecond()).toBeUndefined()
  for (clock = 100; clock <= 1000; clock += 100) speed.add(1000)
  clock = 1000
  expect(speed.bytesPerSecond()).toBeCloseTo(10_000)
  for (clock = 1100; clock <= 30_000; clock += 100) speed.add(2000)
  clock = 30_000
  expect(speed.bytesPerSecond()).toBeCloseTo(20_000, -2)
  clock = 60_000
  expect(speed.bytesPerSecond()).toBeLessThan(6000)
})
