import { expect, test } from 'vitest'
import type { MeterWindow } from '../../../main/transfer/fetch-ahead/line-meter.ts'
import { createConnections } from '../../../main/transfer/fetch-ahead/connections.ts'

const windowOf = (bytes: number): MeterWindow => ({
  bytes,
  seconds: 0.25,
  busyShare: 0.2,
  isMachineFull: false,
})

/** Plays windows of a quarter of a second on a line whose rate depends on the connections. */
function play(
  rateOf: (connections: number) => number,
  windows: number,
  { starvedShare = 1, busyShare = 0.2, isMachineFull = false } = {},
): number[] {
  const connections = createConnections(16)
  return Array.from({ length: windows }, () => {
    const window = windowOf(rateOf(connections.allowed) / 4)
    connections.tell({ ...window, busyShare, isMachineFull }, starvedShare)
    return connections.allowed
  })
}

test('connections multiply while each brings more', () => {
  expect(play((connections) => connections * 25e6, 6).at(-1)).toBe(16)
})

test('they stay where more of them bring no more', () => {
  const allowed = play((connections) => Math.min(4, connections) * 25e6, 40)
  expect(allowed.filter((each) => each === 4).length).toBeGreaterThan(25)
  expect(allowed.at(-1)).toBe(4)
})

test('a line that one connection fills keeps one, and is tried again ever more seldom', () => {
  const allowed = play(() => 1e9, 400)
  expect(allowed.filter((each) => each > 1).length).toBeLessThan(25)
})

test('where the drive is the slower one, the line is left as it is', () => {
  const allowed = play((connections) => connections * 25e6, 20, { starvedShare: 0.1 })
  expect(allowed.every((each) => each === 1)).toBe(true)
})

test('where this thread is the slower one, one connection is enough', () => {
  const allowed = play((connections) => connections * 25e6, 20, { busyShare: 0.9 })
  expect(allowed.every((each) => each === 1)).toBe(true)
})

test('where no processor time is left, one connection is enough', () => {
  const allowed = play((connections) => connections * 25e6, 20, { isMachineFull: true })
  expect(allowed.every((each) => each === 1)).toBe(true)
})

test('trouble at the far end halves them, and never leaves less than one', () => {
  const connections = createConnections(16)
  for (let window = 0; window < 10; window += 1)
    connections.tell(windowOf(connections.allowed * 1e6), 1)
  connections.halve()
  expect(connections.allowed).toBe(8)
  for (let trouble = 0; trouble < 9; trouble += 1) connections.halve()
  expect(connections.allowed).toBe(1)
})

test('what goes on after a sudden end takes its time before it puts more at stake', () => {
  const connections = createConnections(16)
  expect(connections.isCareful).toBe(false)
  connections.goOn()
  expect(connections.isCareful).toBe(true)
  const allowed = Array.from({ length: 40 }, () => {
    connections.tell(windowOf(connections.allowed * 25e6), 1)
    return connections.allowed
  })
  expect(allowed.slice(0, 12).every((each) => each === 1)).toBe(true)
  expect(allowed.at(-1)).toBe(16)
  expect(connections.isCareful).toBe(false)
})

test('many that take some time to open are judged once more before they are taken back', () => {
  const connections = createConnections(16)
  const rates: Record<number, number[]> = { 1: [25e6], 4: [75e6], 16: [70e6, 80e6, 140e6] }
  const windows = Array.from({ length: 12 }, () => {
    const [rate = 0, ...later] = rates[connections.allowed] ?? []
    if (later.length > 0) rates[connections.allowed] = later
    connections.tell(windowOf(rate / 4), 1)
    return connections.allowed
  })
  expect(windows.at(-1)).toBe(16)
  expect(windows.filter((each) => each === 4)).toHaveLength(2)
})
