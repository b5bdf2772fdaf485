import { expect, test } from 'vitest'
import type { Segment } from '../../../main/transfer/fetch-ahead/flow.ts'
import { Memory } from '../../../main/transfer/fetch-ahead/memory.ts'

const segment = (): Segment => ({
  startByte: 0,
  endByte: 1,
  position: 0,
  chunks: [],
  bufferedBytes: 0,
  reservedBytes: undefined,
})

test('as many stretches as share it find room, with one to spare', () => {
  const memory = new Memory()
  const share = memory.shareOf(16)
  const all = Array.from({ length: 16 }, segment)
  for (const each of all) {
    expect(memory.hasRoomFor(2 * share)).toBe(true)
    memory.setAside(each, share)
  }
  expect(memory.hasRoomFor(2 * share)).toBe(false)
  memory.took(all[0]!, share)
  expect(memory.hasRoomFor(2 * share)).toBe(true)
})
