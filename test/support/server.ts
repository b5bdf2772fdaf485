import { once } from 'node:events'
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificates.ts'

/** A small HTTP server on loopback that may misbehave, and remembers what it was asked. */
export interface TestServer {
  readonly url: URL
  readonly host: string
  readonly requests: readonly SeenRequest[]
  /** How many were opened so far. */
  readonly connections: () => number
  close(): Promise<void>
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** With a certificate it speaks HTTPS. */
export async function serve(
  handle: (request: SeenRequest, response: ServerResponse) => unknown,
  certificate?: Certificate,
): Promise<TestServer> {
  const requests: SeenRequest[] = []
  const listener: RequestListener = (request, response) => {
    const seen = { method: request.method!, url: request.url!, headers: request.headers }
    requests.push(seen)
    request.resume()
    Promise.resolve(handle(seen, response)).catch(() => response.destroy())
  }
  const server = certificate
    ? https.createServer({ cert: certificate.certificate, key: certificate.key }, listener)
    : http.createServer(listener)
  let connections = 0
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: new URL(`${certificate ? 'https' : 'http'}://${host}`),
    requests,
    connections: () => connections,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => {
        server.close(closed)
      })
    },
  }
}
