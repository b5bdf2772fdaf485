import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isOfTheLine } from '../../main/net/failure.ts'
import { createHttp } from '../../main/net/http.ts'
import { proxiesFrom } from '../../main/net/proxy.ts'
import { giveBack } from '../../main/net/read-memory.ts'
import { isWorthRetrying, retry } from '../../main/net/retry.ts'
import { noise } from '../../main/sandbox/image.ts'
import { makeCertificates } from '../support/certificates.ts'
import { serve, type TestServer } from '../support/server.ts'
import { impatient } from '../support/still-clock.ts'

/** A proxy that is the only way to `registry.test`, a name that nobody else resolves. */
interface Proxy {
  readonly host: string
  readonly seen: { line: string; authorization: string | undefined }[]
  close(): Promise<void>
}

const LOGIN = `Basic ${Buffer.from('joe:s3cret').toString('base64')}`

async function startProxy(target: () => TestServer): Promise<Proxy> {
  const seen: Proxy['seen'] = []
  const sockets = new Set<Socket>()
  const allowed = (request: IncomingMessage): boolean => {
    const authorization = request.headers['proxy-authorization']
    seen.push({ line: `${request.method} ${request.url}`, authorization })
    return authorization === LOGIN
  }
  const proxy = http.createServer((request, response) => {
    if (!allowed(request)) {
      response.writeHead(407).end()
      return
    }
    const { pathname, search } = new URL(request.url!)
    const { 'proxy-authorization': _own, ...headers } = request.headers
    http.get(new URL(pathname + search, target().url), { headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
  })
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    sockets.add(client)
    if (!allowed(request)) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    if (request.url!.startsWith('broken')) {
      client.end()
      return
    }
    if (request.url!.startsWith('cut-off')) {
      client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
      return
    }
    if (request.url!.startsWith('forbidden')) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    const far = connect(Number(target().url.port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(far).pipe(client)
    })
    sockets.add(far)
    far.on('error', () => client.destroy())
    client.on('error', () => far.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.closeAllConnections()
      await new Promise((closed) => {
        proxy.close(closed)
      })
    },
  }
}

let certificates: Awaited<ReturnType<typeof makeCertificates>>
let plain: TestServer
let secure: TestServer
let proxy: Proxy
let target: TestServer

beforeAll(async () => {
  certificates = await makeCertificates()
  plain = await serve((_request, response) => void response.end('plain'))
  secure = await serve((_request, response) => void response.end('secure'), certificates.server)
  proxy = await startProxy(() => target)
})
afterAll(async () => {
  await Promise.all([plain, secure, proxy].map((each) => each.close()))
})

function through(environment: Record<string, string>) {
  return createHttp({
    proxy: proxiesFrom(environment),
    extraCertificates: [certificates.authority],
  })
}

test('HTTPS goes through a tunnel of the proxy, which learns the host and no more', async () => {
  target = secure
  const client = through({ HTTPS_PROXY: `http://joe:s3cret@${proxy.host}` })
  const answers = await Promise.all(
    ['/v2/', '/v2/a'].map((path) =>
      client.request(new URL(path, 'https://registry.test'), {
        headers: { authorization: 'Bearer t' },
      }),
    ),
  )
  for (const { body } of answers) expect((await buffer(body)).toString()).toBe('secure')
  expect(proxy.seen.splice(0)).toEqual(
    [1, 2].map(() => ({ line: 'CONNECT registry.test:443', authorization: LOGIN })),
  )
  expect(secure.requests.at(-1)!.headers).toMatchObject({
    host: 'registry.test',
    authorization: 'Bearer t',
  })
  expect(secure.requests.at(-1)!.headers).not.toHaveProperty('proxy-authorization')
  await client.close()
})

test('what is given back of a tunnel is used again, and what is held is not', async () => {
  const whole = Buffer.from(noise('through a tunnel', 6_000_000))
  const sizes: Record<string, number> = { '/large': 1_000_000, '/small': 5_000, '/chunked': 70_000 }
  target = await serve(({ url }, response) => {
    if (url !== '/chunked') response.setHeader('content-length', whole.length)
    const size = sizes[url]!
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      whole.subarray(index * size, (index + 1) * size),
    )
    Readable.from(pieces).pipe(response)
  }, certificates.server)
  const client = through({ HTTPS_PROXY: `http://joe:s3cret@${proxy.host}` })
  for (const path of Object.keys(sizes)) {
    const { body } = await client.request(new URL(path, 'https://registry.test'), {})
    const held: Uint8Array[] = []
    const copies: Buffer[] = []
    const memories = new Set<ArrayBufferLike>()
    const takeFirst = (): void => {
      const chunk = held.shift()!
      copies.push(Buffer.from(chunk))
      giveBack(chunk)
    }
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      held.push(chunk)
      memories.add(chunk.buffer)
      if (held.length > 5) takeFirst()
      if (copies.length % 7 === 3) await new Promise((resolve) => setImmediate(resolve))
    }
    while (held.length > 0) takeFirst()
    expect(Buffer.concat(copies).equals(whole)).toBe(true)
    expect(memories.size).toBeLessThan(12)
  }
  proxy.seen.splice(0)
  await client.close()
  await target.close()
})

test('small answers through tunnels are read into the same memory', async () => {
  target = await serve((_request, response) => void response.end('small'), certificates.server)
  const client = through({ HTTPS_PROXY: `http://joe:s3cret@${proxy.host}` })
  const memories = new Set<ArrayBufferLike>()
  for (let request = 0; request < 20; request += 1) {
    const { body } = await client.request(new URL('https://registry.test/'), {})
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      memories.add(chunk.buffer)
      giveBack(chunk)
    }
  }
  expect(memories.size).toBeLessThan(4)
  proxy.seen.splice(0)
  await client.close()
  await target.close()
})

test('plain HTTP is given to the proxy with its whole address', async () => {
  target = plain
  const client = through({ http_proxy: `http://joe:s3cret@${proxy.host}` })
  const { body } = await client.request(new URL('http://registry.test:5000/v2/?n=1'), {})
  expect((await buffer(body)).toString()).toBe('plain')
  expect(proxy.seen.splice(0)).toEqual([
    { line: 'GET http://registry.test:5000/v2/?n=1', authorization: LOGIN },
  ])
  expect(plain.requests.at(-1)!.headers.host).toBe('registry.test:5000')
  await client.close()
})

test('a host in NO_PROXY is asked directly, and so is loopback', async () => {
  target = plain
  const client = through({
    HTTP_PROXY: `http://joe:s3cret@${proxy.host}`,
    NO_PROXY: 'registry.test',
  })
  await expect(client.request(new URL('http://registry.test/'), {})).rejects.toMatchObject({
    kind: 'name',
  })
  expect((await client.request(plain.url, {})).status).toBe(200)
  expect(proxy.seen.splice(0)).toEqual([])
  await client.close()
})

test.each(['https://registry.test/', 'http://registry.test/'])(
  'a proxy that wants a password for %s is named, with what to do',
  async (address) => {
    const client = through({
      HTTPS_PROXY: `http://${proxy.host}`,
      HTTP_PROXY: `http://${proxy.host}`,
    })
    await expect(client.request(new URL(address), {})).rejects.toMatchObject({
      kind: 'proxy',
      message: `The proxy ${proxy.host} wants a user name and a password.`,
    })
    proxy.seen.splice(0)
    await client.close()
  },
)

test('a proxy that has lost its own line, or is out of reach, is a matter of the line', async () => {
  const lost = through({ HTTPS_PROXY: `http://joe:s3cret@${proxy.host}` })
  const cutOff: unknown = await lost
    .request(new URL('https://cut-off.test/'), {})
    .catch((reason: unknown) => reason)
  expect(cutOff).toMatchObject({
    message: `The proxy ${proxy.host} does not get through to cut-off.test (503).`,
  })
  const away = through({ HTTPS_PROXY: 'http://no-such-proxy.invalid:3128' })
  const unknownName: unknown = await away
    .request(new URL('https://registry.test/'), {})
    .catch((reason: unknown) => reason)
  expect(unknownName).toMatchObject({
    message: 'Proxy: The name no-such-proxy.invalid:3128 could not be resolved.',
  })
  for (const error of [cutOff, unknownName]) {
    expect(isOfTheLine(error)).toBe(true)
    expect(isWorthRetrying(error)).toBe(true)
  }
  expect(proxy.seen.splice(0)).toHaveLength(1)
  await lost.close()
  await away.close()
})

test('a proxy that breaks off in the middle of CONNECT is asked once', async () => {
  const client = through({ HTTPS_PROXY: `http://joe:s3cret@${proxy.host}` })
  await expect(client.request(new URL('https://broken.test/'), {})).rejects.toMatchObject({
    kind: 'reset',
    message: 'The proxy broke off on the way to broken.test:443.',
  })
  expect(proxy.seen.splice(0)).toHaveLength(1)
  await client.close()
})

test('a proxy that says no is not asked again: a wrong password repeated locks accounts', async () => {
  target = secure
  const client = through({ HTTPS_PROXY: `http://joe:wrong@${proxy.host}` })
  const asking = retry(() => client.request(new URL('https://registry.test/'), {}), impatient())
  await expect(asking).rejects.toMatchObject({ kind: 'proxy' })
  expect(proxy.seen.splice(0)).toHaveLength(1)
  await client.close()
})

test('a proxy that does not let a host through is named with the host', async () => {
  const client = through({ HTTPS_PROXY: `http://joe:s3cret@${proxy.host}` })
  await expect(client.request(new URL('https://forbidden.test/'), {})).rejects.toMatchObject({
    kind: 'proxy',
    message: `The proxy ${proxy.host} does not let us through to forbidden.test (403).`,
  })
  await client.close()
})
