import { createHash } from 'node:crypto'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHttp, type Http } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import {
  BodyMemory,
  dropSpare,
  giveBack,
  PIECE_BYTES,
  pieceMemory,
} from '../../main/net/read-memory.ts'
import { noise } from '../../main/sandbox/image.ts'
import { makeCertificates } from '../support/certificates.ts'
import { describeWith } from '../support/parts.ts'

const bytes = Buffer.from(noise('read memory', 12_000_000))
const digest = createHash('sha256').update(bytes).digest('hex')

/** `/LENGTH` in pieces of that many bytes, `/chunked/LENGTH` without a length. */
const answer: RequestListener = (request, response) => {
  const piece = Number(/\d+$/.exec(request.url ?? '')?.[0])
  if (!request.url?.startsWith('/chunked')) response.setHeader('content-length', bytes.length)
  void send(response, piece)
}
const server = createServer(answer)
let http: Http
let origin: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  http = createHttp({ proxy: noProxies })
})
afterAll(async () => {
  await http.close()
  server.close()
})

async function send(response: ServerResponse, piece: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += piece) {
    const isRoom = response.write(bytes.subarray(at, at + piece))
    if (!isRoom) await new Promise((resolve) => response.once('drain', resolve))
  }
  response.end()
}

/** Holds some chunks back, as who waits for another part of a blob does, before it takes and gives them back in order. */
async function read(
  path: string,
  most: number,
  from: { http: Http; origin: string } = { http, origin },
): Promise<{ digest: string; memories: number; used: ReadonlySet<ArrayBufferLike> }> {
  const { body } = await from.http.request(new URL(path, from.origin), {})
  const hash = createHash('sha256')
  const memories = new Set<ArrayBufferLike>()
  const waiting: Uint8Array[] = []
  const takeFirst = (): void => {
    const chunk = waiting.shift()
    if (!chunk) return
    hash.update(chunk)
    giveBack(chunk)
  }
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    memories.add(chunk.buffer)
    waiting.push(chunk)
    if (waiting.length > most) takeFirst()
    if (waiting.length % 7 === 3) await new Promise((resolve) => setImmediate(resolve))
  }
  while (waiting.length > 0) takeFirst()
  return { digest: hash.digest('hex'), memories: memories.size, used: memories }
}

test.for([
  ['/1000000', 0],
  ['/70000', 5],
  ['/900', 40],
  ['/chunked/1000000', 3],
  ['/chunked/333', 20],
] as const)('bytes of %s come right out of memory that is used again', async ([path, most]) => {
  const all = await Promise.all(Array.from({ length: 6 }, () => read(path, most)))
  expect(all.map((one) => one.digest)).toEqual(all.map(() => digest))
})

test('who gives back what was read needs little memory, however much comes', async () => {
  const { memories } = await read('/1000000', 2)
  expect(memories).toBeLessThan(12)
})

const hasTransfer = 'transfer' in ArrayBuffer.prototype

const newIn = (used: ReadonlySet<unknown>, before: ReadonlySet<unknown>): number =>
  [...used].filter((memory) => !before.has(memory)).length

test('what slow readers gave back is read into again, until most of it is let go', async () => {
  const everything = Number.POSITIVE_INFINITY
  const { used: first } = await read('/1000000', everything)
  const { used: second } = await read('/1000000', everything)
  expect(newIn(second, first)).toBeLessThan(8)
  dropSpare()
  const { used: third } = await read('/1000000', everything)
  expect(newIn(third, second)).toBeGreaterThan(8)
})

describeWith(['openssl'], 'over TLS', () => {
  test('the same holds', async () => {
    const { authority, server: own } = await makeCertificates()
    const secure = createTlsServer({ cert: own.certificate, key: own.key }, answer)
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const from = {
      http: createHttp({ proxy: noProxies, extraCertificates: [authority] }),
      origin: `https://127.0.0.1:${(secure.address() as AddressInfo).port}`,
    }
    try {
      const { digest: found, memories } = await read('/1000000', 2, from)
      expect(found).toBe(digest)
      expect(memories).toBeLessThan(12)
    } finally {
      await from.http.close()
      secure.close()
    }
  })
})

test('small reads share their memory, so that what waits holds little more than it is', async () => {
  const { memories } = await read('/900', Number.POSITIVE_INFINITY)
  expect(memories).toBeLessThan((2 * bytes.length) / (256 * 1024))
})

test('the memory that headers share with a body is read into again', async () => {
  const used = new Set<ArrayBufferLike>()
  for (let request = 0; request < 30; request += 1) {
    for (const memory of (await read('/1000000', 2)).used) used.add(memory)
  }
  expect(used.size).toBeLessThan(24)
})

test('bytes that Node read into memory of its own are copied side by side, and that is let go', async () => {
  const memory = new BodyMemory()
  const own = [new Uint8Array(100).fill(1), new Uint8Array(50).fill(2)]
  const part = new Uint8Array(200).subarray(20, 40)
  const [first, second] = own.map((chunk) => memory.lend(chunk))
  expect([...memory.lend(part)]).toEqual([...part])
  await new Promise((resolve) => setImmediate(resolve))
  expect(own.map(({ length }) => length)).toEqual(hasTransfer ? [0, 0] : [100, 50])
  expect(part).toHaveLength(20)
  expect([...first!]).toEqual(Array.from({ length: 100 }, () => 1))
  expect([...second!]).toEqual(Array.from({ length: 50 }, () => 2))
  expect(second!.buffer === first!.buffer).toBe(true)
  expect(second!.byteOffset).toBe(first!.byteOffset + 100)
})

const nextCopied = (): ArrayBufferLike => new BodyMemory().lend(new Uint8Array(5)).buffer

test.for([true, false])(
  'what was copied into is used again when all is given back and the body has ended (in that order: %s)',
  (givesBackFirst) => {
    const memory = new BodyMemory()
    const copies = [1, 2].map(() => memory.lend(new Uint8Array(1000)))
    if (givesBackFirst) copies.forEach((copy) => giveBack(copy))
    else memory.end()
    expect(nextCopied() === copies[0]!.buffer).toBe(false)
    if (givesBackFirst) memory.end()
    else copies.forEach((copy) => giveBack(copy))
    expect(nextCopied() === copies[0]!.buffer).toBe(true)
  },
)

test('a body that is copied takes new memory where there is no room left', () => {
  const memory = new BodyMemory()
  const memories = new Set(
    [200, 50, 50, 300].map((kb) => {
      const chunk = new Uint8Array(noise(`${kb}`, kb * 1024))
      const whole = Buffer.from(chunk)
      const copy = memory.lend(chunk)
      expect(whole.equals(copy)).toBe(true)
      return copy.buffer
    }),
  )
  expect(memories.size).toBe(3)
})

test('where hardly any room is left nothing more is copied', () => {
  const copy = new BodyMemory().lend(new Uint8Array(250 * 1024))
  giveBack(copy)
  expect(nextCopied() === copy.buffer).toBe(true)
})

test('other memory may be given back as well, without any effect', () => {
  expect(() => giveBack(new Uint8Array(5))).not.toThrow()
})

test('a piece that is given back is the next one, and one that is held is not', () => {
  const first = pieceMemory(PIECE_BYTES)
  const second = pieceMemory(1000)
  expect(second.buffer === first.buffer).toBe(false)
  giveBack(second.subarray(0, 400))
  expect(pieceMemory(5).buffer === second.buffer).toBe(false)
  giveBack(second.subarray(400))
  expect(pieceMemory(PIECE_BYTES).buffer === second.buffer).toBe(true)
})
