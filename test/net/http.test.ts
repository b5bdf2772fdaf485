import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { readBody } from '../../main/net/body.ts'
import { createHttp, type Http, type HttpOptions } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { makeCertificates } from '../support/certificates.ts'
import { serve, type TestServer } from '../support/server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

function http(options: HttpOptions = {}): Http {
  const made = createHttp({ proxy: noProxies, ...options })
  open.push(made)
  return made
}

async function server(...parameters: Parameters<typeof serve>): Promise<TestServer> {
  const made = await serve(...parameters)
  open.push(made)
  return made
}

/** A port of bare TCP for what no HTTP server would do. */
async function port(connected: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    connected(socket)
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  open.push({
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => {
        tcp.close(closed)
      })
    },
  })
  const address = tcp.address()
  return new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
}

let certificates: Awaited<ReturnType<typeof makeCertificates>>
let foreign: Awaited<ReturnType<typeof makeCertificates>>
beforeAll(async () => {
  certificates = await makeCertificates()
  foreign = await makeCertificates(['DNS:elsewhere.test'])
})

test('an answer comes with its status, headers and bytes; redirects are not followed', async () => {
  const far = await server((_request, response) => {
    response.writeHead(307, { location: '/else', 'x-two': ['a', 'b'] }).end('moved')
  })
  const answer = await http().request(far.url, {})
  expect(answer.status).toBe(307)
  expect(answer.headers).toMatchObject({ location: '/else', 'x-two': 'a, b' })
  expect((await buffer(answer.body)).toString()).toBe('moved')
})

test('connections are used again, and a POST carries its body', async () => {
  const ports = new Set<number | undefined>()
  const far = await server((_request, response) => {
    ports.add(response.socket?.remotePort)
    response.end('ok')
  })
  const client = http({ userAgent: 'tester/1' })
  for (let round = 0; round < 10; round++) {
    const body = 'credentials=x'
    await buffer((await client.request(far.url, { method: 'POST', body })).body)
  }
  // undici hands a connection back a moment after its body has ended, so two take turns.
  expect(ports.size).toBeLessThanOrEqual(2)
  expect(far.requests[0]).toMatchObject({ method: 'POST', headers: { 'user-agent': 'tester/1' } })
})

test('a refused connection, a hung one, and one that breaks are told apart', async () => {
  const closed = await serve(() => undefined)
  await closed.close()
  await expect(http().request(closed.url, {})).rejects.toMatchObject({
    code: 'network',
    kind: 'refused',
    message: `${closed.host} refused the connection.`,
  })
  const silent = await port(() => undefined)
  await expect(http({ headersTimeoutMs: 50 }).request(silent, {})).rejects.toMatchObject({
    kind: 'timeout',
    message: `${silent.host} did not answer in time.`,
  })
  const rude = await port((socket) => socket.once('data', () => socket.resetAndDestroy()))
  await expect(http().request(rude, {})).rejects.toMatchObject({ kind: 'reset' })
  await expect(
    http().request(new URL('http://no-such-host.invalid/?sig=1'), {}),
  ).rejects.toMatchObject({
    kind: 'name',
    message: 'The name no-such-host.invalid could not be resolved.',
  })
})

test('a body that stalls or breaks ends in the same kind of error', async () => {
  const stalled = await port((socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
  )
  const waiting = await http({ idleTimeoutMs: 50 }).request(stalled, {})
  await expect(buffer(waiting.body)).rejects.toMatchObject({ code: 'network', kind: 'timeout' })
  const broken = await port((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
  )
  const cut = await http().request(broken, {})
  await expect(buffer(cut.body)).rejects.toMatchObject({ code: 'network', kind: 'reset' })
})

test('a body that nobody reads stays with the far end', async () => {
  const whole = 64 * 1024 * 1024
  const piece = Buffer.alloc(1024 * 1024)
  let sent = 0
  const far = await server(async (_request, response) => {
    response.setHeader('content-length', whole)
    for (; sent < whole; sent += piece.length) {
      if (!response.write(piece)) await once(response, 'drain')
    }
    response.end()
  })
  const { body } = await http().request(far.url, {})
  // Nothing tells that no more is going to be sent: it stands still at several looks.
  for (let looks = 0, before = -1; looks < 5; before = sent) {
    looks = sent > 0 && sent === before ? looks + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  expect(sent).toBeLessThan(whole / 2)
  expect((await buffer(body)).length).toBe(whole)
})

test('a small body does not keep the memory that its connection read into', async () => {
  const far = await server((_request, response) => response.end('x'.repeat(20_000)))
  const kept = await readBody(await http().request(far.url, {}), 1e6, 'The answer')
  expect(kept).toHaveLength(20_000)
  expect(kept.buffer.byteLength).toBeLessThan(256 * 1024)
})

test('cancelling ends a request that waits and a body that flows', async () => {
  const silent = await port(() => undefined)
  const stop = new AbortController()
  const waiting = http().request(silent, {}, stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  await expect(http().request(silent, {}, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })

  const endless = await port((socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
  )
  const again = new AbortController()
  const { body } = await http().request(endless, {}, again.signal)
  const reading = buffer(body)
  again.abort()
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
})

test('closing ends what is under way', async () => {
  const silent = await port(() => undefined)
  const client = createHttp({ proxy: noProxies })
  const waiting = client.request(silent, {})
  const failed = expect(waiting).rejects.toMatchObject({ kind: 'stopped' })
  await client.close()
  await failed
})

test('an extra certificate authority is trusted; without it the certificate is refused', async () => {
  const far = await server((_request, response) => response.end('secret'), certificates.server)
  const trusting = http({ extraCertificates: [certificates.authority] })
  expect((await trusting.request(far.url, {})).status).toBe(200)
  await expect(http().request(far.url, {})).rejects.toMatchObject({
    code: 'network',
    kind: 'certificate',
    message: `The certificate of ${far.host} cannot be trusted: it is signed by an authority that is not known here.`,
  })
})

test('NODE_EXTRA_CA_CERTS is heeded', async () => {
  const far = await server((_request, response) => void response.end(), certificates.server)
  const folder = await mkdtemp(join(tmpdir(), 'ngc-authority-'))
  const file = join(folder, 'authority.pem')
  await writeFile(file, certificates.authority)
  const program = `
    import { createHttp } from '${new URL('../../main/net/http.ts', import.meta.url).href}'
    const http = createHttp()
    console.log((await http.request(new URL('${far.url.href}'), {})).status)
    await http.close()`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: file } },
  )
  await rm(folder, { recursive: true })
  expect(stdout.trim()).toBe('200')
})

test('a certificate for another host and a port without TLS are named as such', async () => {
  const other = await server((_request, response) => response.end(), foreign.server)
  const trusting = http({ extraCertificates: [foreign.authority] })
  await expect(trusting.request(other.url, {})).rejects.toThrow('it was issued for another host')
  const plain = await server((_request, response) => response.end())
  await expect(http().request(new URL(`https://${plain.host}`), {})).rejects.toMatchObject({
    kind: 'tls',
  })
})

test('an extra authority without a certificate in it is refused', () => {
  const broken = certificates.authority.replace(/\n[^-\n]{20}/, '\nnone of a certificate')
  for (const [text, told] of [
    ['hello', 'holds no PEM certificate'],
    [certificates.authority + broken, 'holds a PEM certificate that cannot be read'],
  ] as const) {
    expect(() => createHttp({ extraCertificates: [text] })).toThrow(told)
  }
})

test('no query of an address and no password of a proxy reaches log or errors', async () => {
  const lines: string[] = []
  const far = await server((_request, response) => response.end())
  const client = http({ log: (line) => lines.push(line) })
  await client.request(new URL('/blob?Signature=s3cret', far.url), {})
  const gone = await serve(() => undefined)
  await gone.close()
  const proxy = new URL(`http://joe:s3cret@${gone.host}`)
  const proxied = http({
    log: (line) => lines.push(line),
    proxy: { http: proxy, https: proxy, isDirect: () => false },
  })
  const error: unknown = await proxied
    .request(new URL('https://nvcr.test/blob?Signature=s3cret'), {})
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    kind: 'refused',
    message: `Proxy: ${gone.host} refused the connection.`,
  })
  expect(lines).toHaveLength(2)
  expect(JSON.stringify([lines, String(error), error])).not.toContain('s3cret')
})
