import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Stands before a registry, remembers what was asked, and can cut a line in mid-body, hold an answer back or refuse it. */
export interface RegistryProxy {
  readonly host: string
  readonly requests: ProxiedRequest[]
  /** For the next bodies larger than that: the line is cut after so many bytes. */
  readonly cuts: number[]
  /** Told of bytes of bodies as they pass. */
  onBytes?: (passedBytes: number) => unknown
  /** Of answers at addresses that hold that text, no more than so many bytes pass until the promise is kept. */
  hold?: { readonly url: string; readonly afterBytes: number; readonly until: Promise<unknown> }
  /** What is answered at addresses that hold that text. */
  refuse?: { readonly url: string; readonly status: number }
  close(): Promise<void>
}

export interface ProxiedRequest {
  readonly method: string
  readonly url: string
  bodyBytes: number
  /** Whoever asked has gone before the answer was over. */
  isLeft: boolean
}

/** The host that was asked for stays in the requests, so that the registry's own addresses lead here. */
export async function startRegistryProxy(registry: URL): Promise<RegistryProxy> {
  const requests: ProxiedRequest[] = []
  const cuts: number[] = []
  const server = http.createServer((request, response) => {
    const seen = { method: request.method!, url: request.url!, bodyBytes: 0, isLeft: false }
    requests.push(seen)
    response.once('close', () => (seen.isLeft = !response.writableFinished))
    if (proxy.refuse !== undefined && request.url!.includes(proxy.refuse.url)) {
      request.resume()
      response.writeHead(proxy.refuse.status).end()
      return
    }
    const onward = http.request(
      { host: registry.hostname, port: registry.port, path: request.url, method: request.method },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        const { hold } = proxy
        const isHeld = hold !== undefined && request.url!.includes(hold.url)
        const passed = isHeld ? Readable.from(holding(answer, hold)) : answer
        pipeline(passed, response).catch(() => response.destroy())
      },
    )
    for (const [name, value] of Object.entries(request.headers)) onward.setHeader(name, value!)
    onward.on('error', () => response.destroy())
    const length = Number(request.headers['content-length'] ?? 0)
    const cut = length > (cuts[0] ?? Infinity) ? cuts.shift() : undefined
    request.on('data', (chunk: Buffer) => {
      seen.bodyBytes += chunk.length
      proxy.onBytes?.(seen.bodyBytes)
      if (seen.bodyBytes >= (cut ?? Infinity)) {
        onward.destroy()
        request.socket.destroy()
        return
      }
      if (!onward.write(chunk)) {
        request.pause()
        onward.once('drain', () => request.resume())
      }
    })
    request.on('end', () => onward.end())
    request.on('error', () => onward.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: RegistryProxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    cuts,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => {
        server.close(closed)
      })
    },
  }
  return proxy
}

async function* holding(
  answer: AsyncIterable<Buffer>,
  { afterBytes, until }: NonNullable<RegistryProxy['hold']>,
): AsyncGenerator<Buffer> {
  let passedBytes = 0
  for await (const chunk of answer) {
    const free = Math.max(0, afterBytes - passedBytes)
    if (free > 0) yield chunk.subarray(0, free)
    if (chunk.length > free) {
      await until
      yield chunk.subarray(free)
    }
    passedBytes += chunk.length
  }
}
