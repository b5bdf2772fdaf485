import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Faults, SandboxSettings } from './faults.ts'
import { Pace } from './pace.ts'
import type { LoggedRequest, RequestLog, Role } from './request-log.ts'
import { prepare, send, type Answer } from './answer.ts'

/** A request as a service sees it. */
export interface Question {
  readonly method: string
  readonly url: URL
  readonly authorization: string | undefined
  readonly accept: string
  readonly range: string | undefined
  readonly body: string
}

export type Service = (question: Question) => Answer

export interface ListenerParts {
  readonly settings: SandboxSettings
  readonly faults: Faults
  readonly log: RequestLog
  /** Shared by all connections of all services. */
  readonly totalPace: Pace
}

/** One service on a port of its own. */
export class Listener {
  readonly #server: Server
  readonly #role: Role
  readonly #parts: ListenerParts
  readonly #closing = new AbortController()
  #origin = 'http://sandbox.invalid'
  #service: Service = () => ({ status: 503 })

  constructor(role: Role, parts: ListenerParts) {
    this.#role = role
    this.#parts = parts
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  /** Resolves to the origin. A port of 0 takes any that is free. */
  async listen(host: string, port: number): Promise<URL> {
    this.#server.listen(port, host)
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    this.#origin = `http://${host}:${address.port}`
    return new URL(this.#origin)
  }

  use(service: Service): void {
    this.#service = service
  }

  /** Ends every connection at once, in the middle of an answer too. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#server.closeAllConnections()
    if (!this.#server.listening) return
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { settings, faults, log, totalPace } = this.#parts
    const { method = 'GET', headers } = request
    // A whole address or a strange one as the request's target must not choose the host.
    const url = new URL(`${this.#origin}${request.url?.startsWith('/') ? request.url : '/'}`)
    const logged: LoggedRequest = {
      role: this.#role,
      method,
      path: url.pathname,
      hadAuthorization: headers.authorization !== undefined,
      ...(headers.range !== undefined && { range: headers.range }),
      status: 0,
      sentBytes: 0,
    }
    log.add(logged)
    const gone = new AbortController()
    response.once('close', () => {
      gone.abort()
    })
    const signal = AbortSignal.any([gone.signal, this.#closing.signal])
    const body = await read(request)
    if (settings.latencyMs > 0) await wait(settings.latencyMs, undefined, { signal })
    const { authorization, accept = '*/*' } = headers
    const question = { method, url, body, authorization, accept }
    const ask = (range: string | undefined): Answer => this.#service({ ...question, range })
    const prepared = prepare(ask, {
      role: this.#role,
      path: url.pathname,
      range: headers.range,
      faults,
    })
    logged.status = prepared.answer.status
    await send(response, prepared, {
      isHead: method === 'HEAD',
      paces: [new Pace(() => settings.bytesPerSecond), totalPace],
      signal,
      onSent: (bytes) => {
        logged.sentBytes += bytes
      },
    })
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of request) {
    if (!(piece instanceof Uint8Array)) continue
    sizeBytes += piece.length
    if (sizeBytes > 1_048_576) throw new Error('the question is too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
