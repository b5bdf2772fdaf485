import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before a registry, remembers what was asked, and can cut a line in mid-body. */
export interface RegistryProxy {
  readonly host: string
  readonly requests: ProxiedRequest[]
  /** For the next bodies larger than that: the line is cut after so many bytes. */
  readonly cuts: number[]
  /** Told of bytes of bodies as they pass. */
  onBytes?: (passedBytes: number) => unknown
  close(): Promise<void>
}

export interface ProxiedRequest {
  readonly method: string
  readonly url: string
  bodyBytes: number
}

/** The host that was asked for stays in the requests, so that the registry's own addresses lead here. */
export async function startRegistryProxy(registry: URL): Promise<RegistryProxy> {
  const requests: ProxiedRequest[] = []
  const cuts: number[] = []
  const server = http.createServer((request, response) => {
    const seen = { method: request.method!, url: request.url!, bodyBytes: 0 }
    requests.push(seen)
    const onward = http.request(
      { host: registry.hostname, port: registry.port, path: request.url, method: request.method },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
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
