import { Readable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { BodyMemory, giveBack } from '../../../main/net/read-memory.ts'
import { digestOf, noise } from '../../../main/sandbox/image.ts'
import { createHasher } from '../../../main/registry/verified-stream.ts'
import {
  createFetchAhead,
  type FetchAhead,
} from '../../../main/transfer/fetch-ahead/fetch-ahead.ts'
import type { BlobToFetch } from '../../../main/transfer/fetch-ahead/flow.ts'

const MB = 1024 * 1024
const repository = { registry: 'nvcr.io', repository: 'nvidia/practice' }
const everythingIsNeeded = (): boolean => true

interface Far {
  readonly blobs: readonly BlobToFetch[]
  readonly bytes: ReadonlyMap<string, Uint8Array>
  readonly asked: { digest: string; startByte: number; endByte: number }[]
  sentBytes: number
  mostAtOnce: number
  readonly fetchAhead: FetchAhead
}

/** A far end with blobs of these sizes that answers in chunks of 64 KiB. */
function far(
  sizes: readonly number[],
  allowed: number,
  { failing = '', most = allowed } = {},
): Far {
  const made = sizes.map((size, index) => noise(`blob ${index}`, size))
  const blobs = made.map((bytes) => ({
    repository,
    descriptor: { mediaType: 'a/b', digest: digestOf(bytes), size: bytes.length },
  }))
  const bytes = new Map(blobs.map(({ descriptor }, index) => [descriptor.digest, made[index]!]))
  const asked: Far['asked'] = []
  let running = 0
  const state = { sentBytes: 0, mostAtOnce: 0 }
  async function* send(
    blob: BlobToFetch,
    startByte: number,
    endByte: number,
  ): AsyncGenerator<Uint8Array> {
    const { digest } = blob.descriptor
    asked.push({ digest, startByte, endByte })
    running += 1
    state.mostAtOnce = Math.max(state.mostAtOnce, running)
    try {
      for (let at = startByte; at < endByte; at += 65_536) {
        await new Promise((resolve) => setImmediate(resolve))
        if (digest === failing && at > 0) throw new Error('the line is gone')
        const chunk = bytes.get(digest)!.subarray(at, Math.min(endByte, at + 65_536))
        state.sentBytes += chunk.length
        yield chunk
      }
    } finally {
      running -= 1
    }
  }
  const fetchAhead = createFetchAhead({
    connections: {
      allowed,
      most,
      isCareful: false,
      tell: () => undefined,
      goOn: () => undefined,
    },
    range: (blob, { startByte, endByte }, { signal }) =>
      Readable.from(send(blob, startByte, endByte), { signal }),
  })
  return Object.assign(state, { blobs, bytes, asked, fetchAhead })
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test.for([1, 2, 7])('blobs come whole and in order over %i connections', async (allowed) => {
  const { blobs, bytes, fetchAhead } = far([5 * MB + 3, 1, 20 * MB, 100_000], allowed)
  const forget = fetchAhead.expect(blobs, everythingIsNeeded)
  for (const blob of blobs) {
    const read = await readAll(fetchAhead.blob(repository, blob.descriptor))
    expect(digestOf(read)).toBe(blob.descriptor.digest)
    expect(read.length).toBe(bytes.get(blob.descriptor.digest)!.length)
  }
  forget()
})

test('alone, one request brings a whole blob', async () => {
  const { blobs, asked, fetchAhead } = far([20 * MB], 1)
  await readAll(fetchAhead.blob(repository, blobs[0]!.descriptor))
  expect(asked).toEqual([{ digest: blobs[0]!.descriptor.digest, startByte: 0, endByte: 20 * MB }])
})

test('with one connection the next blob is asked for before this one ends, whole and only once', async () => {
  const { blobs, asked, fetchAhead } = far([20 * MB, 20 * MB], 1, { most: 16 })
  const forget = fetchAhead.expect(blobs, everythingIsNeeded)
  const [first, second] = blobs.map(({ descriptor }) => descriptor)
  await readAll(fetchAhead.blob(repository, first!))
  const whole = { startByte: 0, endByte: 20 * MB }
  const both = [first, second].map((descriptor) => ({ digest: descriptor!.digest, ...whole }))
  expect(asked).toEqual(both)
  await readAll(fetchAhead.blob(repository, second!))
  expect(asked).toEqual(both)
  forget()
})

test.each([
  ['a small one comes whole', 2 * MB, 2 * MB, 2 * MB],
  ['of a large one little comes', 8 * MB, 1, MB],
])(
  'with one connection, and nobody who reads the next blob, %s',
  async (_how, size, least, most) => {
    const fetched = far([200_000, size], 1, { most: 4 })
    const forget = fetched.fetchAhead.expect(fetched.blobs, everythingIsNeeded)
    const stream = fetched.fetchAhead.blob(repository, fetched.blobs[0]!.descriptor)
    await stream[Symbol.asyncIterator]().next()
    for (let turn = 0; turn < 1000; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const nextBytes = fetched.sentBytes - 200_000
    expect(nextBytes).toBeGreaterThanOrEqual(least)
    expect(nextBytes).toBeLessThanOrEqual(most)
    stream.destroy()
    forget()
  },
)

test('every byte is asked for once, however many connections there are', async () => {
  const fetched = far([20 * MB, 9 * MB], 6)
  const forget = fetched.fetchAhead.expect(fetched.blobs, everythingIsNeeded)
  for (const blob of fetched.blobs)
    await readAll(fetched.fetchAhead.blob(repository, blob.descriptor))
  forget()
  // One more while a blob is ending.
  expect(fetched.mostAtOnce).toBeLessThanOrEqual(7)
  // The first request is cut short when others take over: what was on its way is let go.
  expect(fetched.sentBytes).toBeLessThan(29 * MB * 1.02)
})

test('what nobody reads stays within bounds', async () => {
  const fetched = far([40 * MB, 40 * MB], 16)
  const forget = fetched.fetchAhead.expect(fetched.blobs, everythingIsNeeded)
  const stream = fetched.fetchAhead.blob(repository, fetched.blobs[0]!.descriptor)
  await stream[Symbol.asyncIterator]().next()
  await expect.poll(() => fetched.sentBytes).toBeGreaterThan(20 * MB)
  for (let turn = 0; turn < 2000; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(fetched.sentBytes).toBeLessThan(36 * MB)
  stream.destroy()
  forget()
})

test('a blob goes on from a byte', async () => {
  const { blobs, bytes, fetchAhead } = far([3 * MB], 4)
  const hasher = createHasher()
  void hasher.update(bytes.get(blobs[0]!.descriptor.digest)!.subarray(0, MB + 1))
  const from = { offset: MB + 1, hasher }
  const rest = await readAll(fetchAhead.blob(repository, blobs[0]!.descriptor, { from }))
  expect(Buffer.compare(rest, bytes.get(blobs[0]!.descriptor.digest)!.subarray(MB + 1))).toBe(0)
})

test('what is not needed any more is not fetched ahead', async () => {
  const { blobs, asked, fetchAhead } = far([MB, MB, MB], 3)
  const forget = fetchAhead.expect(blobs, (digest) => digest !== blobs[1]!.descriptor.digest)
  await readAll(fetchAhead.blob(repository, blobs[0]!.descriptor))
  forget()
  expect(asked.map(({ digest }) => digest)).not.toContain(blobs[1]!.descriptor.digest)
})

test('a failure is met by the reader of its blob, and by nobody else', async () => {
  const sizes = [4 * MB, 4 * MB]
  const failing = digestOf(noise('blob 1', 4 * MB))
  const { blobs, fetchAhead } = far(sizes, 4, { failing })
  const forget = fetchAhead.expect(blobs, everythingIsNeeded)
  expect((await readAll(fetchAhead.blob(repository, blobs[0]!.descriptor))).length).toBe(4 * MB)
  await expect(readAll(fetchAhead.blob(repository, blobs[1]!.descriptor))).rejects.toThrow(
    'the line is gone',
  )
  forget()
})

test('a reader that is cancelled ends at once, and its requests with it', async () => {
  const fetched = far([40 * MB], 4)
  const controller = new AbortController()
  const { signal } = controller
  const stream = fetched.fetchAhead.blob(repository, fetched.blobs[0]!.descriptor, { signal })
  const reader = stream[Symbol.asyncIterator]()
  await reader.next()
  controller.abort(new Error('enough'))
  await expect(reader.next().then(() => readAll(stream))).rejects.toThrow('enough')
  const { sentBytes } = fetched
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(fetched.sentBytes - sentBytes).toBeLessThan(2 * MB)
})

test('readers that left while their requests waited for them hold no connection any more', async () => {
  const { blobs, asked, fetchAhead } = far([MB, MB, 20 * MB], 2)
  const [first, second, last] = blobs.map(({ descriptor }) => descriptor)
  for (const descriptor of [first, second]) {
    const stream = fetchAhead.blob(repository, descriptor!)
    await stream[Symbol.asyncIterator]().next()
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    stream.destroy()
  }
  await readAll(fetchAhead.blob(repository, last!))
  expect(asked.filter(({ digest }) => digest === last!.digest).length).toBeGreaterThan(1)
})

/** As many bodies at once as blocks of memory; all of it is given back. */
function memoriesOf(bodies: number): Set<ArrayBufferLike> {
  const chunks = Array.from({ length: bodies }, () => {
    const memory = new BodyMemory()
    const chunk = memory.lend(new Uint8Array(10))
    memory.end()
    return chunk
  })
  for (const chunk of chunks) giveBack(chunk)
  return new Set(chunks.map(({ buffer }) => buffer))
}

test('spare memory is kept between two images, and most of it let go when no other comes', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { fetchAhead } = far([1], 1)
  const made = memoriesOf(60)
  const known = (): number => [...memoriesOf(60)].filter((memory) => made.has(memory)).length
  fetchAhead.expect([], everythingIsNeeded)()
  vi.advanceTimersByTime(4_000)
  const forget = fetchAhead.expect([], everythingIsNeeded)
  vi.advanceTimersByTime(4_000)
  expect(known()).toBe(60)
  forget()
  vi.advanceTimersByTime(6_000)
  expect(known()).toBeLessThan(20)
})
