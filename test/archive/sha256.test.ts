import { createHash } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { availableParallelism } from 'node:os'
import threads from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSha256, endHashing, sharedBytes, type Sha256 } from '../../main/archive/sha256.ts'

const { Worker } = threads
type Options = ConstructorParameters<typeof Worker>[1]
/** The workers that were started, with how many questions each got. */
const asked: number[] = []
const workers: threads.Worker[] = []

beforeAll(async () => {
  await endHashing()
  threads.Worker = class extends Worker {
    readonly #number = asked.push(0) - 1

    constructor(program: string, options: Options) {
      super(program, options)
      workers.push(this)
    }

    override postMessage(...parts: Parameters<threads.Worker['postMessage']>): void {
      asked[this.#number]! += 1
      super.postMessage(...parts)
    }
  }
  syncBuiltinESMExports()
})
afterEach(async () => {
  await endHashing()
  asked.length = 0
  workers.length = 0
})
afterAll(() => {
  threads.Worker = Worker
  syncBuiltinESMExports()
})

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
  expect(asked).toHaveLength(1)
})

test('what waits for the first thread to start needs no other', async () => {
  const piece = bytesOf(1, 1000)
  const first = createSha256({ joins: true })
  const updates = Array.from({ length: 20 }, () => first.update(piece))
  const second = createSha256({ joins: true })
  await Promise.all([...updates, second.update(piece)])
  await expectDigest(first, piece, 20)
  await expectDigest(second, piece)
  expect(asked).toHaveLength(1)
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
  expect(asked).toHaveLength(Math.min(2, availableParallelism()))
})

test('hashes with threads of their own take all cores, and no more', async () => {
  const piece = bytesOf(3, 1000)
  const hashes = Array.from({ length: availableParallelism() }, () => createSha256())
  for (const hash of hashes) await hash.update(piece)
  expect(asked).toEqual(hashes.map(() => 1))
  const others = hashes.map(() => createSha256({ joins: true }))
  for (const hash of others) await hash.update(piece)
  expect(asked).toEqual(hashes.map(() => 2))
  for (const hash of [...hashes, ...others]) await expectDigest(hash, piece)
  await expectDigest(createSha256(), bytesOf(0, 0))
  expect(asked).toHaveLength(availableParallelism())
})

test('one after another they need one thread', async () => {
  const piece = bytesOf(4, 1000)
  for (let time = 0; time < 4; time += 1) {
    const [own, joined] = [createSha256(), createSha256({ joins: true })]
    await Promise.all([own.update(piece), joined.update(piece)])
    await expectDigest(own, piece)
    await expectDigest(joined, piece)
  }
  expect(asked).toHaveLength(1)
})

test('who was with a thread that died is told so, whenever it asks', async () => {
  const piece = bytesOf(5, 1000)
  const hash = createSha256()
  await hash.update(piece)
  workers[0]!.emit('error', new Error('out of memory'))
  await expect(hash.update(piece)).rejects.toThrow('out of memory')
  await expect(hash.digest()).rejects.toThrow('out of memory')
  const next = createSha256()
  await next.update(piece)
  await expectDigest(next, piece)
  expect(asked).toHaveLength(2)
  await workers[0]!.terminate()
})
