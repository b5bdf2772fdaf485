import { expect, test } from 'vitest'
import { ForwardBytes } from '../../main/docker/forward-bytes.ts'
import { giveBack, PIECE_BYTES, pieceMemory } from '../../main/net/read-memory.ts'

/** Three pieces of 1000 bytes, all 1, 2 and 3, and what they lie in. */
function threePieces(): { forward: ForwardBytes; memories: ArrayBufferLike[] } {
  const pieces = [1, 2, 3].map((value) => pieceMemory(1000).fill(value))
  const memories = pieces.map(({ buffer }) => buffer)
  const source = async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces
  }
  return { forward: new ForwardBytes(source()), memories }
}

/** Which of these were given back: they are taken again before any other memory. */
function givenBack(memories: readonly ArrayBufferLike[]): boolean[] {
  const taken = new Set(memories.map(() => pieceMemory(PIECE_BYTES).buffer))
  return memories.map((memory) => taken.has(memory))
}

test('what is passed over, read and drained is given back, and what is lent is not', async () => {
  const { forward, memories } = threePieces()
  expect([...(await forward.read(998, 4))]).toEqual([1, 1, 2, 2])
  expect(givenBack(memories)).toEqual([true, false, false])
  const lent: Uint8Array[] = []
  for await (const piece of forward.bytes(1500, 600)) lent.push(piece)
  expect(lent.map(({ length }) => length)).toEqual([500, 100])
  await forward.drain()
  expect(givenBack(memories)).toEqual([false, false, false])
  expect(lent.map((piece) => [...new Set(piece)])).toEqual([[2], [3]])
  for (const piece of lent) giveBack(piece)
  expect(givenBack(memories)).toEqual([false, true, true])
})

test('it is not read backwards, and ends early where its source does', async () => {
  const { forward } = threePieces()
  expect(await forward.read(2990, 100)).toHaveLength(10)
  expect(await forward.read(5000, 1)).toHaveLength(0)
  await expect(forward.read(10, 1)).rejects.toThrow('backwards')
})
