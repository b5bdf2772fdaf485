import { expect, test } from 'vitest'
import { PIECE_BYTES, pieceMemory } from '../../../main/net/read-memory.ts'
import { Expected } from '../../../main/transfer/fetch-ahead/expected.ts'
import { Flow, type BlobToFetch } from '../../../main/transfer/fetch-ahead/flow.ts'
import { createPump, type Pump } from '../../../main/transfer/fetch-ahead/pump.ts'

const KB = 1024
const MB = 1024 * KB

const blob = (letter: string, size: number): BlobToFetch => ({
  repository: { registry: 'nvcr.io', repository: 'nvidia/practice' },
  descriptor: { mediaType: 'a/b', digest: `sha256:${letter.repeat(64)}`, size },
})

/**
 * A far end that sends in chunks of 64 KiB from `memory`, but never what is `silent`; and connections whose number is set
 * here.
 */
function stage(
  silent?: BlobToFetch,
  memory = (bytes: number): Uint8Array => new Uint8Array(bytes),
): {
  pump: Pump
  expected: Expected
  connections: { allowed: number }
} {
  const connections = {
    allowed: 1,
    most: 100,
    isCareful: false,
    tell: () => undefined,
    goOn: () => undefined,
  }
  const expected = new Expected()
  const pump = createPump({
    connections,
    expected,
    range: async function* range(asked, { startByte, endByte }, { signal }) {
      for (let at = startByte; at < endByte; at += 64 * KB) {
        await turns(1)
        if (signal.aborted) return
        if (asked === silent) await new Promise(() => undefined)
        yield memory(Math.min(64 * KB, endByte - at))
      }
    },
  })
  return { pump, expected, connections }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

async function readAll(pump: Pump, flow: Flow): Promise<number> {
  let bytes = 0
  for await (const chunk of flow.read((count, segment) => pump.took(count, segment)))
    bytes += chunk.length
  return bytes
}

test('a long stretch that is cut goes on, whether or not its reader comes', async () => {
  const { pump, connections } = stage()
  const flow = pump.open(blob('a', 20 * MB), 0)
  await turns(50)
  expect(flow.segments).toMatchObject([{ endByte: 20 * MB }])
  expect(flow.segments[0]!.bufferedBytes).toBeLessThan(MB)
  connections.allowed = 4
  pump.took(0, flow.segments[0]!)
  await turns(50)
  const [cut] = flow.segments
  expect(cut!.endByte).toBeLessThan(MB)
  expect(cut!.position).toBe(cut!.endByte)
  expect(await readAll(pump, flow)).toBe(20 * MB)
})

test('a blob is read whole when its first stretch is cut while memory is full', async () => {
  const large = blob('a', 31 * MB - 100 * KB)
  const { pump, connections } = stage(large)
  const slow = pump.open(large, 0)
  const flow = pump.open(blob('b', 8 * MB), 0)
  await turns(50)
  connections.allowed = 100
  pump.took(0, flow.segments[0]!)
  await turns(200)
  expect(await readAll(pump, flow)).toBe(8 * MB)
  pump.close(slow)
})

test('a blob is read whole when more connections were tried and taken back before its reader came', async () => {
  const { pump, expected, connections } = stage()
  const next = blob('b', 20 * MB)
  expected.add([next], () => true)
  const first = pump.open(blob('a', 200 * KB), 0)
  await turns(30)
  connections.allowed = 4
  pump.took(0, first.segments[0]!)
  await turns(12)
  connections.allowed = 1
  await turns(300)
  const flow = pump.open(next, 0)
  expect(flow.segments.length).toBeGreaterThan(1)
  expect(await readAll(pump, flow)).toBe(20 * MB)
})

test('the memory of what nobody reads any more is used again', async () => {
  const used = new Set<ArrayBufferLike>()
  const { pump } = stage(undefined, (bytes) => {
    const memory = pieceMemory(bytes)
    used.add(memory.buffer)
    return memory
  })
  const flow = pump.open(blob('a', 20 * MB), 0)
  await turns(50)
  expect(used.size).toBeGreaterThan(2)
  pump.close(flow)
  const again = [...used].map(() => pieceMemory(PIECE_BYTES).buffer)
  expect(again.every((memory) => used.has(memory))).toBe(true)
})

test('so is that of what comes after its reader has left', () => {
  const flow = new Flow(blob('a', 100 * KB), 0)
  const segment = flow.addRest()
  flow.leave()
  const chunk = pieceMemory(50 * KB)
  expect(flow.push(segment, chunk)).toBe(false)
  expect(pieceMemory(PIECE_BYTES).buffer === chunk.buffer).toBe(true)
})

test('so is that of what came behind the end of a stretch', () => {
  const flow = new Flow(blob('a', 100 * KB), 0)
  const chunk = pieceMemory(150 * KB)
  flow.push(flow.addRest(), chunk)
  expect(flow.segments).toMatchObject([{ bufferedBytes: 100 * KB }])
  const isUsedAgain = (): boolean => pieceMemory(PIECE_BYTES).buffer === chunk.buffer
  expect(isUsedAgain()).toBe(false)
  flow.leave()
  expect(isUsedAgain()).toBe(true)
})
