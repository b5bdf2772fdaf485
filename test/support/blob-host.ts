import type { ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { BlobOptions, Registry, RegistryOptions } from '../../main/registry/client.ts'
import type { Descriptor } from '../../main/registry/manifest.ts'
import { digestOf, noise } from '../../main/sandbox/image.ts'
import { registryAt } from './registry-client.ts'
import { serve, type SeenRequest, type TestServer } from './server.ts'

export const bytes = Buffer.from(noise('blob', 1_000_000))
export const descriptor: Descriptor = {
  mediaType: 'application/octet-stream',
  digest: digestOf(bytes),
  size: bytes.length,
}
export const repository = { registry: 'nvcr.io', repository: 'nvidia/pytorch' }

export type Answer = (request: SeenRequest, response: ServerResponse) => void

/** A blob host that gives one answer after another, the last one for ever. */
export async function blobHost(...answers: Answer[]): Promise<TestServer> {
  let turn = 0
  const server = await serve((request, response) =>
    answers[Math.min(turn++, answers.length - 1)]!(request, response),
  )
  onTestFinished(() => server.close())
  return server
}

/** A registry that wants a token and sends everyone on to a signed address at another host. */
export async function redirecting(host: TestServer): Promise<TestServer> {
  let signed = 0
  const server = await serve(({ url, headers }, response) => {
    if (url.startsWith('/token')) response.end('{"token":"guest"}')
    else if (headers.authorization === 'Bearer guest') {
      response
        .writeHead(307, { location: `${host.url.origin}/blob?Signature=s3cret${signed++}` })
        .end()
    } else {
      response
        .writeHead(401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` })
        .end()
    }
  })
  onTestFinished(() => server.close())
  return server
}

export function client(address: URL, options: Partial<RegistryOptions> = {}): Registry {
  const made = registryAt(address, options)
  onTestFinished(() => made.http.close())
  return made.registry
}

export const startOf = ({ headers }: SeenRequest): number =>
  Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)

/** A proper answer, whole or from the byte asked for. */
export const well: Answer = (request, response) => {
  const start = startOf(request)
  const rest = bytes.subarray(start)
  response.writeHead(start === 0 ? 200 : 206, {
    'content-length': rest.length,
    ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  })
  response.end(rest)
}

/** Proper up to a byte of the blob, then the line drops. */
export function dropAt(end: number): Answer {
  return (request, response) => {
    const start = startOf(request)
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': bytes.length - start,
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    })
    response.write(bytes.subarray(start, end), () => response.destroy())
  }
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end()

export async function fetched(
  answers: Answer[],
  options: Partial<RegistryOptions> = {},
  blobOptions: BlobOptions = {},
): Promise<{ got: Buffer; host: TestServer }> {
  const host = await blobHost(...answers)
  const registry = client(host.url, options)
  return { got: await buffer(registry.blob(repository, descriptor, blobOptions)), host }
}
