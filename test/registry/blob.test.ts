import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createRateLimit } from '../../main/net/rate-limit.ts'
import { createHasher, verified } from '../../main/registry/verified-stream.ts'
import { digestOf } from '../../main/sandbox/image.ts'
import {
  blobHost,
  bytes,
  client,
  descriptor,
  fetched,
  redirecting,
  repository,
  status,
  well,
  type Answer,
} from '../support/blob-host.ts'
import { createStillClock } from '../support/still-clock.ts'

test('a blob comes from where the registry points to, and no Authorization goes there', async () => {
  const host = await blobHost(well)
  const registryServer = await redirecting(host)
  const lines: string[] = []
  const registry = client(registryServer.url, { log: (line) => lines.push(line) })
  expect((await buffer(registry.blob(repository, descriptor))).equals(bytes)).toBe(true)
  expect(host.requests).toHaveLength(1)
  expect(host.requests[0]!.headers).not.toHaveProperty('authorization')
  expect(registryServer.requests.at(-1)!.headers.authorization).toBe('Bearer guest')
  expect(lines.join('\n')).not.toContain('s3cret')
})

test('redirects do not cost a connection each', async () => {
  const host = await blobHost(well)
  const registryServer = await redirecting(host)
  const registry = client(registryServer.url)
  for (let blob = 0; blob < 8; blob++) await buffer(registry.blob(repository, descriptor))
  expect(registryServer.connections()).toBeLessThanOrEqual(2)
})

test('further ranges of a blob are asked of the storage host, without the registry', async () => {
  const host = await blobHost(well)
  const registryServer = await redirecting(host)
  const registry = client(registryServer.url)
  await buffer(registry.range(repository, descriptor, { startByte: 0, endByte: 1000 }))
  const asked = registryServer.requests.length
  const range = { startByte: 1000, endByte: 2000 }
  expect(await buffer(registry.range(repository, descriptor, range))).toEqual(
    bytes.subarray(1000, 2000),
  )
  expect(registryServer.requests).toHaveLength(asked)
})

const all = async (...chunks: string[]): Promise<string> => {
  const source = (async function* source() {
    for (const chunk of chunks) yield Buffer.from(chunk)
  })()
  const expected = { digest: digestOf(Buffer.from('abcd')), sizeBytes: 4, name: 'a/b' }
  let text = ''
  for await (const chunk of verified(source, expected)) text += String(chunk)
  return text
}

test('the verified stream refuses what is too long, too short or not the same', async () => {
  expect(await all('ab', '', 'cd')).toBe('abcd')
  for (const wrong of [['ab', 'cx'], ['abc'], ['abcd', 'e'], []]) {
    await expect(all(...wrong)).rejects.toMatchObject({ code: 'digest-mismatch' })
  }
})

test('a blob goes on from a byte on disk, its hash carried over', async () => {
  const hasher = createHasher()
  await hasher.update(bytes.subarray(0, 600_000))
  const { got, host } = await fetched([well], {}, { from: { offset: 600_000, hasher } })
  expect(got.equals(bytes.subarray(600_000))).toBe(true)
  expect(host.requests[0]!.headers.range).toBe('bytes=600000-999999')
})

test('an empty blob is asked for nowhere', async () => {
  const host = await blobHost(status(500))
  const empty = { ...descriptor, digest: digestOf(new Uint8Array()), size: 0 }
  expect(await buffer(client(host.url).blob(repository, empty))).toHaveLength(0)
  expect(host.requests).toHaveLength(0)
})

test('ranges of one blob come side by side, through drops', async () => {
  let drops = 2
  const partial: Answer = (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range!)!
    const part = bytes.subarray(Number(from), Number(to) + 1)
    response.writeHead(206, {
      'content-length': part.length,
      'content-range': `bytes ${from}-${to}/${bytes.length}`,
    })
    if (drops-- > 0) response.write(part.subarray(0, 70_000), () => response.destroy())
    else response.end(part)
  }
  const registry = client((await blobHost(partial)).url)
  const parts = await Promise.all(
    [0, 250_000, 500_000, 750_000].map((startByte) =>
      buffer(registry.range(repository, descriptor, { startByte, endByte: startByte + 250_000 })),
    ),
  )
  expect(Buffer.concat(parts).equals(bytes)).toBe(true)
})

const silent: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': bytes.length })
  response.write(bytes.subarray(0, 100_000))
}

test('cancelling or destroying ends a stream that waits', async () => {
  const stop = new AbortController()
  const registry = client((await blobHost(silent)).url)
  const reading = buffer(registry.blob(repository, descriptor, { signal: stop.signal }))
  stop.abort()
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' })

  const stream = registry.blob(repository, descriptor)
  for await (const chunk of stream) {
    expect(chunk).toBeInstanceOf(Uint8Array)
    break
  }
  expect(stream.destroyed).toBe(true)
})

const mute: Answer = (_request, response) => response.flushHeaders()

const deaf: Answer = () => undefined

test.each([
  ['some data', silent],
  ['only headers', mute],
  ['nothing', deaf],
])('cancelling ends a range that waits, when %s comes', async (_came, answer) => {
  const stop = new AbortController()
  const host = await blobHost(answer)
  const range = { startByte: 0, endByte: descriptor.size }
  const { signal } = stop
  const reading = buffer(client(host.url).range(repository, descriptor, range, { signal }))
  const refused = expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => host.requests).toHaveLength(1)
  stop.abort()
  await refused
})

test('with a rate limit little comes often, whatever the line brings at once', async () => {
  const limit = createRateLimit(1_000_000, createStillClock())
  const registry = client((await blobHost(well)).url, { limit })
  const range = { startByte: 0, endByte: descriptor.size }
  const sizes: number[] = []
  for await (const chunk of registry.range(repository, descriptor, range)) sizes.push(chunk.length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024)
})

test('a rate limit holds for blobs', async () => {
  const clock = createStillClock()
  const { got } = await fetched([well], { limit: createRateLimit(100_000, clock) })
  expect(got.equals(bytes)).toBe(true)
  expect(clock.now()).toBeGreaterThan(9000)
  expect(clock.now()).toBeLessThan(10_500)
})

test('a document does not keep the memory that its connection read into', async () => {
  const small = bytes.subarray(0, 20_000)
  const host = await blobHost((_request, response) => void response.end(small))
  const named = { ...descriptor, digest: digestOf(small), size: small.length }
  const document = await client(host.url).document(repository, named)
  expect(small.equals(document)).toBe(true)
  expect(document.buffer.byteLength).toBeLessThan(256 * 1024)
})

test('a document larger than any config is refused unread', async () => {
  const host = await blobHost(well)
  const large = { ...descriptor, size: 9 * 1024 * 1024 }
  await expect(client(host.url).document(repository, large)).rejects.toMatchObject({
    code: 'protocol',
  })
  expect(host.requests).toHaveLength(0)
})
