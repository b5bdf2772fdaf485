import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { joinChunks } from '../../main/net/join-chunks.ts'

const memory = Uint8Array.from({ length: 100_000 }, (_, index) => index)
let passed: Uint8Array[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  passed = []
})
afterEach(() => void vi.useRealTimers())

function joined(): ReturnType<typeof joinChunks> {
  return joinChunks((chunk) => passed.push(chunk))
}

test('what lies side by side in memory and comes within 10 ms is one chunk, and no copy', () => {
  const chunks = joined()
  chunks.add(memory.subarray(0, 10))
  vi.advanceTimersByTime(9)
  chunks.add(memory.subarray(10, 40))
  expect(passed).toEqual([])
  vi.advanceTimersByTime(1)
  chunks.add(memory.subarray(40, 50))
  vi.advanceTimersByTime(10)
  expect(passed).toEqual([memory.subarray(0, 40), memory.subarray(40, 50)])
  expect(passed.every(({ buffer }) => buffer === memory.buffer)).toBe(true)
})

test('what leaves no room in its memory waits for nothing, and what comes next as long as ever', () => {
  const chunks = joined()
  chunks.add(memory.subarray(40, 60))
  vi.advanceTimersByTime(5)
  chunks.add(memory.subarray(60, 99_000))
  expect(passed).toEqual([memory.subarray(40, 99_000)])
  chunks.add(memory.subarray(0, 10))
  vi.advanceTimersByTime(9)
  expect(passed).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(passed).toEqual([memory.subarray(40, 99_000), memory.subarray(0, 10)])
})

test('what lies elsewhere is a chunk of its own, in its order', () => {
  const other = memory.slice()
  const chunks = joined()
  const given = [
    memory.subarray(0, 10),
    memory.subarray(20, 30),
    memory.subarray(10, 20),
    other.subarray(20, 40),
  ]
  for (const chunk of given) chunks.add(chunk)
  vi.advanceTimersByTime(10)
  expect(passed).toEqual(given)
})

test('a flush passes on at once what waits, and once', () => {
  const chunks = joined()
  chunks.flush()
  chunks.add(memory.subarray(0, 10))
  chunks.flush()
  expect(passed).toEqual([memory.subarray(0, 10)])
  vi.advanceTimersByTime(100)
  expect(passed).toHaveLength(1)
})
