import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { parseSite } from '../../main/ngc/site-file.ts'
import type { Site } from '../../main/ngc/site.ts'
import type { Sandbox } from '../../main/sandbox/sandbox.ts'
import { serve, type SeenRequest, type TestServer } from '../support/server.ts'

/** What the storage host would say. */
export interface RightAnswer {
  readonly status: number
  readonly headers: http.OutgoingHttpHeaders
  readonly body: Buffer
  /** Of the whole document, where a range was asked for. */
  readonly whole: () => Promise<Buffer>
}

/** What it does instead. */
export type Misbehave = (response: ServerResponse, right: RightAnswer) => unknown

const asIs = (address: URL): URL => address

/** The way to a sandbox, which misbehaves as no HTTP server can be asked to. */
export interface Line {
  readonly site: Site
  /** For the next requests for bytes of `victim`, one each. */
  readonly next: Misbehave[]
  /** For all requests for bytes of `victim`. */
  always: Misbehave | undefined
  /** Where the registry sends those who want bytes of `victim`. */
  redirect: (address: URL) => URL
  /** How many of the next requests to the registry come with a token that has expired. */
  staleTokens: number
  /** Written to all who asked for bytes, headers and all. */
  sentBytes(): number
  /** Breaks every connection, and each new one, until it is mended. */
  cut(): void
  /** All is well again. */
  mend(): void
  close(): Promise<void>
}

/** What is this small is served well: an empty layer, or the rest of one. */
const SMALL_BYTES = 150_000

/** The repository whose layers faults befall; all else is served well. */
export const victim = 'nvidia/pytorch'

export async function startLine(sandbox: Sandbox): Promise<Line> {
  const sockets = new Set<Socket>()
  let storageOrigin = ''
  let isCut = false
  const serveUnlessCut = (answer: Parameters<typeof serve>[0]): Promise<TestServer> =>
    serve((request, response) =>
      isCut ? response.socket?.resetAndDestroy() : answer(request, response),
    )
  const storage = await serveUnlessCut(async (request, response) => {
    if (response.socket) sockets.add(response.socket)
    const right = await ask(storageOrigin, request)
    const isVictim = request.url.includes(victim) && right.body.length > SMALL_BYTES
    const misbehave = isVictim ? (line.next.shift() ?? line.always) : undefined
    if (misbehave) await misbehave(response, right)
    else response.writeHead(right.status, right.headers).end(right.body)
  })
  const { registry: own = '' } = sandbox.site
  const registry = await serveUnlessCut(async (request, response) => {
    const isStale = request.headers.authorization !== undefined && line.staleTokens-- > 0
    const authorization = isStale ? 'Bearer expired' : request.headers.authorization
    const asked = { ...request, headers: { ...request.headers, authorization } }
    const answer = await ask(own, isStale ? asked : request)
    const headers = { ...answer.headers }
    const challenge = headers['www-authenticate']
    if (typeof challenge === 'string')
      headers['www-authenticate'] = challenge.replaceAll(own, registry.url.origin)
    if (typeof headers['location'] === 'string') {
      const address = new URL(headers['location'])
      storageOrigin = address.origin
      const there = new URL(address.pathname + address.search, storage.url)
      headers['location'] = (request.url.includes(victim) ? line.redirect(there) : there).href
    }
    response.writeHead(answer.status, headers).end(answer.body)
  })
  const site = parseSite(
    JSON.stringify({ ...sandbox.site, registry: registry.url.origin }),
    'of the faults',
  )
  const line: Line = {
    site,
    next: [],
    always: undefined,
    redirect: asIs,
    staleTokens: 0,
    sentBytes: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    cut() {
      isCut = true
      for (const socket of sockets) socket.resetAndDestroy()
    },
    mend() {
      isCut = false
      line.next.length = 0
      line.always = undefined
      line.redirect = asIs
      line.staleTokens = 0
    },
    async close() {
      await Promise.all([registry.close(), storage.close()])
    },
  }
  return line
}

async function ask(origin: string, asked: SeenRequest): Promise<RightAnswer> {
  const { method, url, headers } = asked
  const request = http.request(new URL(url, origin), { method, headers })
  request.end()
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  const { range: _range, ...rest } = headers
  return {
    status: answer.statusCode ?? 500,
    headers: answer.headers,
    body: await buffer(answer),
    whole: async () => (await ask(origin, { ...asked, headers: rest })).body,
  }
}
