import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LineMeter } from '../../../main/transfer/fetch-ahead/line-meter.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A meter through whose windows so many bytes come. */
function metered(isBusy: () => boolean) {
  const meter = new LineMeter(isBusy, () => undefined)
  meter.start()
  const windows = (count: number, bytes: number): void => {
    for (let window = 0; window < count; window += 1) {
      meter.add(bytes)
      vi.advanceTimersByTime(250)
    }
  }
  return { meter, windows }
}

test('the rate is that of late, and unknown before anything came', () => {
  const { meter, windows } = metered(() => true)
  expect(meter.bytesPerSecond).toBeUndefined()
  windows(1, 1000)
  expect(meter.bytesPerSecond).toBe(4000)
  windows(20, 2000)
  expect(meter.bytesPerSecond).toBeCloseTo(8000, -1)
})

test('a line that was asked and brings nothing loses its rate soon; one that was not asked keeps it for a minute', () => {
  let isBusy = false
  const { meter, windows } = metered(() => isBusy)
  windows(1, 1000)
  windows(200, 0)
  expect(meter.bytesPerSecond).toBe(4000)
  isBusy = true
  windows(8, 0)
  expect(meter.bytesPerSecond).toBeLessThan(400)
  isBusy = false
  windows(240, 0)
  expect(meter.bytesPerSecond).toBeUndefined()
})
