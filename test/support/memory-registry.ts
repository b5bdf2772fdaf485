import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A registry in memory that takes uploads as the specification says, unless its rules make it misbehave. */
export interface MemoryRegistry {
  readonly host: string
  readonly url: URL
  /** Of everything but the token service; bodies by what came of them. */
  readonly requests: readonly UploadRequest[]
  readonly tokens: readonly string[]
  /** `repository@digest` → bytes. */
  readonly blobs: Map<string, Buffer>
  /** `repository:name` → bytes. */
  readonly manifests: Map<string, Buffer>
  readonly rules: UploadRules
}

export interface UploadRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  bodyBytes: number
}

export interface UploadRules {
  /** A larger request is answered with 413. */
  largestBodyBytes?: number
  /** For the next bodies: the line is cut after so many bytes, and they are kept. */
  cuts?: number[]
  /** For the next requests that write: what is answered instead. */
  failures?: number[]
  location?: (path: string) => string
  /** What is confirmed for so many bytes. */
  range?: (bytes: number) => string
  /** The digest that is said of a manifest. */
  manifestDigest?: string
  leastBytes?: number
  /** Told of the bytes of each body as they come. */
  received?: (bytes: number) => unknown
  /** Forgets uploads whose line was cut. */
  isForgetful?: boolean
  /** Has no mounts: begins an upload instead. */
  isUnmountable?: boolean
  /** What is answered to a mount, to a chunk, to the question for a blob or a manifest, or for an upload's progress. */
  refuses?: { mount?: number; chunk?: number; head?: number; status?: number }
  /** Leaves `Docker-Content-Digest` out everywhere. */
  isSilent?: boolean
  /** Wants a token for the scopes; `pushers` get all, others none to push. */
  wantsTokens?: boolean
  /** `pusher` alone when absent. */
  pushers?: readonly string[]
}

export async function startMemoryRegistry(rules: UploadRules = {}): Promise<MemoryRegistry> {
  const requests: UploadRequest[] = []
  const tokens: string[] = []
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, Buffer>()
  const uploads = new Map<string, Buffer>()
  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => {
      server.close(closed)
    })
  })
  return { host, url: new URL(`http://${host}`), requests, tokens, blobs, manifests, rules }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, `http://${host}`)
    const reply = (status: number, given: Record<string, string> = {}, body = ''): void => {
      const { 'docker-content-digest': _, ...others } = given
      const headers = rules.isSilent === true ? others : given
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
    }
    if (url.pathname === '/token') return token(request, url, reply)
    const method = request.method!
    const seen = { method, url: request.url!, headers: request.headers, bodyBytes: 0 }
    requests.push(seen)
    const challenge = refuse(request, url)
    if (challenge !== undefined) {
      return reply(401, { 'www-authenticate': challenge }, denial)
    }
    if (method !== 'GET' && method !== 'HEAD') {
      const failure = rules.failures?.shift()
      if (failure !== undefined) return reply(failure)
      const length = Number(request.headers['content-length'] ?? 0)
      if (length > (rules.largestBodyBytes ?? Infinity)) {
        request.resume()
        await once(request, 'end')
        return reply(413, { server: 'nginx' }, tooLarge)
      }
    }
    const [, repository = '', kind, name = ''] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(url.pathname) ?? []
    const { refuses = {} } = rules
    if (method === 'HEAD' && refuses.head !== undefined) return reply(refuses.head)
    if (kind === 'manifests') return manifest(request, repository, name, seen, reply)
    if (kind === 'blobs') return reply(blobs.has(`${repository}@${name}`) ? 200 : 404)
    if (kind !== 'blobs/uploads') return reply(200)
    if (method === 'POST') {
      const isRefused = refuses.mount !== undefined && url.searchParams.has('mount')
      return isRefused ? reply(refuses.mount!) : post(url, repository, reply)
    }
    if (method === 'GET' && refuses.status !== undefined) return reply(refuses.status)
    if (method === 'PATCH' && refuses.chunk !== undefined) {
      request.resume()
      await once(request, 'end')
      return reply(refuses.chunk)
    }
    const upload = uploads.get(name)
    if (upload === undefined) return reply(404, {}, unknown)
    if (method === 'GET') return reply(204, progress(repository, name, upload.length))
    const start = /^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1]
    if (start !== undefined && Number(start) !== upload.length) {
      return reply(416, progress(repository, name, upload.length))
    }
    const whole = await receive(request, seen, name, upload)
    if (whole === undefined) {
      response.destroy()
      return
    }
    uploads.set(name, whole)
    if (method === 'PATCH') return reply(202, progress(repository, name, whole.length))
    const digest = url.searchParams.get('digest') ?? ''
    if (url.searchParams.get('state') !== 'a b&c' || digest !== digestOf(whole)) {
      return reply(400, {}, invalid)
    }
    blobs.set(`${repository}@${digest}`, whole)
    uploads.delete(name)
    reply(201, { 'docker-content-digest': digest })
  }

  type Reply = (status: number, headers?: Record<string, string>, body?: string) => void

  function post(url: URL, repository: string, reply: Reply): void {
    const mount = url.searchParams.get('mount')
    const held = blobs.get(`${url.searchParams.get('from')}@${mount}`)
    if (mount !== null && held && rules.isUnmountable !== true) {
      blobs.set(`${repository}@${mount}`, held)
      return reply(201, { 'docker-content-digest': mount })
    }
    const id = String(requests.length)
    uploads.set(id, Buffer.alloc(0))
    const least = rules.leastBytes
    reply(202, {
      ...progress(repository, id, 0),
      ...(least !== undefined && { 'oci-chunk-min-length': String(least) }),
    })
  }

  /** A location with a query of its own, in need of escapes. */
  function progress(repository: string, id: string, bytes: number): Record<string, string> {
    const path = `/v2/${repository}/blobs/uploads/${id}?state=a%20b%26c`
    return {
      location: rules.location?.(path) ?? path,
      range: rules.range?.(bytes) ?? `0-${Math.max(0, bytes - 1)}`,
    }
  }

  async function receive(
    request: IncomingMessage,
    seen: UploadRequest,
    name: string,
    before: Buffer,
  ): Promise<Buffer | undefined> {
    const hasBody = Number(request.headers['content-length'] ?? 0) > 0
    const cut = hasBody ? rules.cuts?.shift() : undefined
    const chunks = [before]
    const isWhole = await (async () => {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        const room = (cut ?? Infinity) - seen.bodyBytes
        const kept = chunk.subarray(0, room)
        seen.bodyBytes += kept.length
        chunks.push(kept)
        rules.received?.(seen.bodyBytes)
        if (kept.length < chunk.length || seen.bodyBytes === cut) return false
      }
      return true
    })().catch(() => false) // whoever sent it is gone
    if (isWhole) return Buffer.concat(chunks)
    if (rules.isForgetful === true) uploads.delete(name)
    else uploads.set(name, Buffer.concat(chunks))
    return undefined
  }

  async function manifest(
    request: IncomingMessage,
    repository: string,
    name: string,
    seen: UploadRequest,
    reply: Reply,
  ): Promise<void> {
    const held = manifests.get(`${repository}:${name}`)
    if (request.method === 'HEAD' || request.method === 'GET') {
      if (held === undefined) return reply(404)
      return reply(200, { 'docker-content-digest': digestOf(held) }, held.toString())
    }
    const bytes = await buffer(request)
    seen.bodyBytes = bytes.length
    const digest = digestOf(bytes)
    manifests.set(`${repository}:${name}`, bytes)
    manifests.set(`${repository}:${digest}`, bytes)
    reply(201, { 'docker-content-digest': rules.manifestDigest ?? digest })
  }

  /** Token authentication as distribution documents it: a token says which scopes it is for. */
  function token({ headers }: IncomingMessage, url: URL, reply: Reply): void {
    const [user, password] = Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':')
    if (user !== undefined && user !== '' && password !== 'right') return reply(401, {}, denial)
    const scopes = url.searchParams.getAll('scope')
    tokens.push(scopes.join(' '))
    const { pushers = ['pusher'] } = rules
    const granted = pushers.includes(user ?? '')
      ? scopes
      : scopes.map((scope) => scope.replace(':pull,push', ':pull'))
    reply(200, {}, JSON.stringify({ token: Buffer.from(granted.join(' ')).toString('base64url') }))
  }

  function refuse({ headers }: IncomingMessage, url: URL): string | undefined {
    if (rules.wantsTokens !== true) return undefined
    const [, repository = ''] = /^\/v2\/(.+?)\/(?:blobs|manifests)\//.exec(url.pathname) ?? []
    const from = url.searchParams.get('from')
    const needed = [
      `repository:${repository}:pull,push`,
      ...(from === null ? [] : [`repository:${from}:pull`]),
    ]
    const held = Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64url').toString()
    if (needed.every((scope) => held.split(' ').includes(scope))) return undefined
    return `Bearer realm="http://${host}/token",service="memory",scope="${needed.join(' ')}"`
  }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

const error = (code: string, message: string): string =>
  JSON.stringify({ errors: [{ code, message }] })
/** As nginx says it. */
const tooLarge = '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n</html>\r\n'
const denial = error('DENIED', 'requested access is denied')
const unknown = error('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry')
const invalid = error('DIGEST_INVALID', 'provided digest did not match uploaded content')
