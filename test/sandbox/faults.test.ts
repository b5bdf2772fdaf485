import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { createHttp } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { readBody } from '../../main/net/body.ts'
import type { Misbehaviour } from '../../main/sandbox/faults.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
const http = createHttp({ proxy: noProxies })
afterAll(() => http.close())

const ask = (target: string, authorization?: string) =>
  http.request(new URL(target, sandbox.site.registry), {
    headers: { accept: '*/*', ...(authorization !== undefined && { authorization }) },
  })

async function read(target: string, authorization?: string): Promise<unknown> {
  const body = await readBody(await ask(target, authorization), 1_000_000, target)
  return JSON.parse(Buffer.from(body).toString())
}

/** The address of a layer of about 700 kB. */
async function address(): Promise<URL> {
  const path = 'nvidia/tensorrt'
  const { token } = (await read(`/proxy_auth?scope=repository:${path}:pull`)) as { token: string }
  const authorization = `Bearer ${token}`
  const { layers } = (await read(`/v2/${path}/manifests/24.05-py3`, authorization)) as {
    layers: { digest: string }[]
  }
  const answer = await ask(`/v2/${path}/blobs/${layers[0]?.digest}`, authorization)
  answer.body.destroy()
  return new URL(answer.headers['location'] ?? '')
}

async function fetchBlob(range?: string) {
  const answer = await http.request(await address(), { headers: range ? { range } : {} })
  const pieces: Uint8Array[] = []
  let failure: unknown
  try {
    for await (const piece of answer.body) pieces.push(piece as Uint8Array)
  } catch (error) {
    failure = error
  }
  return { ...answer, bytes: Buffer.concat(pieces), failure }
}

const onBlob = (does: Misbehaviour) => sandbox.faults.add({ role: 'blobs', does })

test('drop: the first bytes arrive, then the connection breaks, once', async () => {
  onBlob({ kind: 'drop', afterBytes: 200_000 })
  const broken = await fetchBlob()
  expect(broken.failure).toMatchObject({ code: 'network' })
  expect(broken.bytes.length).toBe(200_000)
  expect((await fetchBlob()).failure).toBeUndefined()
})

test('a fault beyond the end of an answer waits for one that reaches so far', async () => {
  onBlob({ kind: 'drop', afterBytes: 200_000 })
  expect((await fetchBlob('bytes=0-99999')).failure).toBeUndefined()
  expect((await fetchBlob()).failure).toBeDefined()
})

test('truncate: the answer looks whole, and is short', async () => {
  onBlob({ kind: 'truncate', afterBytes: 1000 })
  const short = await fetchBlob()
  expect([short.status, short.failure, short.bytes.length]).toEqual([200, undefined, 1000])
})

test('stall: nothing more comes, and the connection stays', async () => {
  onBlob({ kind: 'stall', afterBytes: 1000 })
  const answer = await http.request(await address(), {})
  const [piece] = (await once(answer.body, 'data')) as [Uint8Array]
  expect(piece.length).toBe(1000)
  answer.body.destroy()
})

test('flip: one bit is wrong, also when it lies within a range', async () => {
  const right = (await fetchBlob()).bytes
  onBlob({ kind: 'flip', atByte: 5000 })
  expect((await fetchBlob('bytes=0-4999')).bytes).toEqual(right.subarray(0, 5000))
  const wrong = (await fetchBlob('bytes=4990-5010')).bytes
  expect(wrong[10]).toBe((right[5000] ?? 0) ^ 1)
  expect((await fetchBlob()).bytes).toEqual(right)
})

test('wrong-range and ignore-range: what was asked for is not what is told', async () => {
  onBlob({ kind: 'wrong-range' })
  const told = (await fetchBlob('bytes=100-199')).headers['content-range']
  expect(told).toMatch(/^bytes 101-199\//)
  onBlob({ kind: 'ignore-range' })
  const whole = await fetchBlob('bytes=100-199')
  expect(whole.status).toBe(200)
  expect(whole.bytes.length).toBeGreaterThan(100_000)
})

test('status: as often as wanted, with Retry-After', async () => {
  sandbox.faults.add({
    role: 'blobs',
    times: 2,
    does: { kind: 'status', status: 429, retryAfterSeconds: 3 },
  })
  const first = await fetchBlob()
  expect([first.status, first.headers['retry-after']]).toEqual([429, '3'])
  expect((await fetchBlob()).status).toBe(429)
  expect((await fetchBlob()).status).toBe(200)
})

test('rates hold for each answer, and for all together', async () => {
  const started = performance.now()
  sandbox.settings.bytesPerSecond = 2_000_000
  await fetchBlob()
  const one = performance.now() - started
  expect(one).toBeGreaterThan(200)
  sandbox.settings.bytesPerSecond = 0
  sandbox.settings.totalBytesPerSecond = 2_000_000
  const both = performance.now()
  await Promise.all([fetchBlob(), fetchBlob()])
  expect(performance.now() - both).toBeGreaterThan(400)
})

test('the log tells what was asked, and nothing secret', async () => {
  sandbox.requests.clear()
  await fetchBlob('bytes=0-9')
  const [request] = sandbox.requests.all({ role: 'blobs' })
  expect(request).toMatchObject({
    method: 'GET',
    hadAuthorization: false,
    range: 'bytes=0-9',
    status: 206,
    sentBytes: 10,
  })
  expect(JSON.stringify(sandbox.requests.all())).not.toMatch(/Signature|Bearer/)
})

test('odd requests do not end it', async () => {
  const port = Number(new URL(sandbox.url).port)
  for (const text of [
    'GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n',
    '\u0000\u0000',
    'GET //// HTTP/1.1\r\n\r\n',
  ]) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.end(text)
    socket.resume()
    await once(socket, 'close')
  }
  expect((await fetchBlob()).status).toBe(200)
})

test('closing ends stalled answers and frees its ports', async () => {
  const other = await startSandbox({ faults: [{ does: { kind: 'stall', afterBytes: 1 } }] })
  const answer = await http.request(new URL('/v2/repos/nvidia/cuda', other.url), {})
  const started = performance.now()
  await other.close()
  await other.close()
  expect(performance.now() - started).toBeLessThan(1000)
  answer.body.destroy()
  await expect(http.request(new URL(other.url), {})).rejects.toMatchObject({ code: 'network' })
})

test('a port that is taken is an error, and nothing stays behind', async () => {
  const port = Number(new URL(sandbox.url).port)
  await expect(startSandbox({ port })).rejects.toThrow(/EADDRINUSE/)
})
