import { createHash } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { availableParallelism } from 'node:os'
import threads from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  createSha256,
  endHashing,
  isHashingFast,
  sharedBytes,
  type Sha256,
} from '../../main/archive/sha256.ts'

const { Worker } = threads
let started = 0

beforeAll(async () => {
  await endHashing()
  threads.Worker = class extends Worker {
    constructor(...parts: ConstructorParameters<typeof Worker>) {
      super(...parts)
      started += 1
    }
  }
  syncBuiltinESMExports()
})
afterEach(async () => {
  await endHashing()
  started = 0
})
afterAll(() => {
  threads.Worker = Worker
  syncBuiltinESMExports()
})

/** A slow processor shares them out from the start. */
function threadsFor(hashes: number, whereFast: number): number {
  return Math.min(isHashingFast() ? whereFast : hashes, availableParallelism())
}

const MB = 1024 * 1024

function bytesOf(value: number, sizeBytes: number): Uint8Array {
  return sharedBytes(sizeBytes).fill(value)
}

async function expectDigest(hash: Sha256, bytes: Uint8Array, times = 1): Promise<void> {
  const expected = createHash('sha256')
  for (let time = 0; time < times; time += 1) expected.update(bytes)
  expect(await hash.digest()).toBe(expected.digest('hex'))
}

test('hashes that need no thread of their own share one while it keeps up', async () => {
  const pieces = Array.from({ length: 12 }, (_, index) => bytesOf(index, 1000))
  const hashes = pieces.map(() => createSha256({ joins: true }))
  for (const [index, hash] of hashes.entries()) await hash.update(pieces[index]!)
  for (const [index, hash] of hashes.entries()) await expectDigest(hash, pieces[index]!)
  expect(started).toBe(threadsFor(12, 1))
})

test('what waits for the first thread to start needs no other', async () => {
  const piece = bytesOf(1, 1000)
  const first = createSha256({ joins: true })
  const updates = Array.from({ length: 20 }, () => first.update(piece))
  const second = createSha256({ joins: true })
  await Promise.all([...updates, second.update(piece)])
  await expectDigest(first, piece, 20)
  await expectDigest(second, piece)
  expect(started).toBe(threadsFor(2, 1))
})

test('one that comes where much waits gets another thread, as long as there are cores', async () => {
  const piece = bytesOf(2, MB)
  const first = createSha256({ joins: true })
  await first.update(piece)
  const updates = Array.from({ length: 30 }, () => first.update(piece))
  const others = Array.from({ length: 3 }, () => createSha256({ joins: true }))
  await Promise.all([...updates, ...others.map((hash) => hash.update(piece))])
  await expectDigest(first, piece, 31)
  for (const hash of others) await expectDigest(hash, piece)
  expect(started).toBe(threadsFor(4, 2))
})

test('hashes with threads of their own take all cores, and no more', async () => {
  const piece = bytesOf(3, 1000)
  const hashes = Array.from({ length: availableParallelism() + 2 }, () => createSha256())
  for (const hash of hashes) await hash.update(piece)
  for (const hash of hashes) await expectDigest(hash, piece)
  expect(started).toBe(availableParallelism())
  await expectDigest(createSha256(), bytesOf(0, 0))
  expect(started).toBe(availableParallelism())
})
