import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Faults, Misbehaviour } from './faults.ts'
import type { Pace } from './pace.ts'
import type { Role } from './request-log.ts'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Where the body begins in the whole document; only for ranges. */
  readonly offset?: number
}

export function json(
  status: number,
  document: unknown,
  headers: Record<string, string> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(document)),
  }
}

export interface PreparedAnswer {
  readonly answer: Answer
  readonly fault: Misbehaviour | undefined
}

/** The service's answer with the fault that it meets, if any; what can be spoiled in advance is. */
export function prepare(
  ask: (range: string | undefined) => Answer,
  request: {
    readonly role: Role
    readonly path: string
    readonly range: string | undefined
    readonly faults: Faults
  },
): PreparedAnswer {
  const answer = ask(request.range)
  const fault = request.faults.take({
    role: request.role,
    path: request.path,
    offset: answer.offset ?? 0,
    sizeBytes: answer.body?.length ?? 0,
    isRange: answer.status === 206,
  })
  return { answer: fault === undefined ? answer : spoil(answer, fault, ask), fault }
}

function spoil(answer: Answer, fault: Misbehaviour, ask: (range: undefined) => Answer): Answer {
  switch (fault.kind) {
    case 'status':
      return refuseOnPurpose(fault.status, fault.retryAfterSeconds)
    case 'ignore-range':
      return ask(undefined)
    case 'wrong-range': {
      const told = answer.headers?.['content-range'] ?? ''
      const wrong = told.replace(/\d+/, (first) => `${Number(first) + 1}`)
      return { ...answer, headers: { ...answer.headers, 'content-range': wrong } }
    }
    case 'flip':
      return { ...answer, body: flipped(answer, fault.atByte) }
    case 'truncate':
      return { ...answer, body: answer.body?.subarray(0, fault.afterBytes) ?? new Uint8Array() }
    case 'drop':
    case 'stall':
    default:
      return answer
  }
}

function refuseOnPurpose(status: number, retryAfterSeconds: number | undefined): Answer {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` }
  return json(status, { errors: [{ code: 'SANDBOX', message: 'a fault on purpose' }] }, headers)
}

function flipped({ body = new Uint8Array(), offset = 0 }: Answer, atByte: number): Uint8Array {
  const copy = Uint8Array.from(body)
  const at = atByte - offset
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

const PIECE = 64 * 1024

/** Sends the answer, in pieces, at the paces; ends early where the fault says so. Rejects when the signal aborts. */
export async function send(
  response: ServerResponse,
  { answer, fault }: PreparedAnswer,
  options: {
    readonly isHead: boolean
    readonly paces: readonly Pace[]
    readonly signal: AbortSignal
    readonly onSent: (bytes: number) => void
  },
): Promise<void> {
  const body = answer.body ?? new Uint8Array()
  const { signal } = options
  response.writeHead(answer.status, { 'content-length': `${body.length}`, ...answer.headers })
  if (options.isHead) {
    response.end()
    return
  }
  const breaks = fault?.kind === 'drop' || fault?.kind === 'stall' ? fault : undefined
  const end = Math.min(body.length, breaks?.afterBytes ?? body.length)
  response.flushHeaders()
  for (let at = 0; at < end; at += PIECE) {
    const piece = body.subarray(at, Math.min(at + PIECE, end))
    for (const pace of options.paces) await pace.take(piece.length, signal)
    options.onSent(piece.length)
    if (!response.write(piece)) await once(response, 'drain', { signal })
  }
  if (breaks === undefined) {
    response.end()
  } else if (breaks.kind === 'drop') {
    // Let the bytes before the break arrive: a reset overtakes what still waits in buffers.
    await flushed(response, signal)
    response.socket?.resetAndDestroy()
  } else {
    await once(signal, 'abort')
  }
}

async function flushed(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('gone')), { once: true })
    response.socket?.write('', () => {
      setTimeout(resolve, 20)
    })
  })
}
