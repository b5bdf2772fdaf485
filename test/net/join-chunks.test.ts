import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { joinChunks } from '../../main/net/join-chunks.ts'

const memory = Uint8Array.from({ length: 100 }, (_, index) => index)

test('what lies side by side in memory and comes in one turn is one chunk, and no copy', async () => {
  const passed: Uint8Array[] = []
  const chunks = joinChunks((chunk) => passed.push(chunk))
  chunks.add(memory.subarray(0, 10))
  chunks.add(memory.subarray(10, 40))
  expect(passed).toEqual([])
  await turn()
  chunks.add(memory.subarray(40, 50))
  await turn()
  expect(passed).toEqual([memory.subarray(0, 40), memory.subarray(40, 50)])
  expect(passed.every(({ buffer }) => buffer === memory.buffer)).toBe(true)
})

test('what lies elsewhere is a chunk of its own, in its order', async () => {
  const other = memory.slice()
  const passed: Uint8Array[] = []
  const chunks = joinChunks((chunk) => passed.push(chunk))
  const given = [
    memory.subarray(0, 10),
    memory.subarray(20, 30),
    memory.subarray(10, 20),
    other.subarray(20, 40),
  ]
  for (const chunk of given) chunks.add(chunk)
  await turn()
  expect(passed).toEqual(given)
})

test('a flush passes on at once what waits, and once', async () => {
  const passed: Uint8Array[] = []
  const chunks = joinChunks((chunk) => passed.push(chunk))
  chunks.flush()
  chunks.add(memory.subarray(0, 10))
  chunks.flush()
  expect(passed).toEqual([memory.subarray(0, 10)])
  await turn()
  expect(passed).toHaveLength(1)
})
