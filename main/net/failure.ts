import { AppError, type ErrorCode } from '../api/errors.ts'

/** No usable answer came: AppError `network` with what went wrong, so that callers can retry or slow down. */
export class NetworkError extends AppError {
  readonly kind: NetworkProblem

  constructor(
    kind: NetworkProblem,
    message: string,
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    const { hint, cause } = options
    super('network', message, { ...(hint !== undefined && { hint }), cause })
    this.name = 'NetworkError'
    this.kind = kind
  }
}

/** Problems that pass when the line comes back; a certificate that is not trusted or a proxy's no does not mend itself. */
export function isOfTheLine(error: unknown): boolean {
  return error instanceof NetworkError && ofTheLine.has(error.kind)
}

const ofTheLine: ReadonlySet<NetworkProblem> = new Set([
  'refused',
  'name',
  'unreachable',
  'timeout',
  'reset',
])

export type NetworkProblem =
  | 'refused'
  | 'name' // the host name has no address
  | 'unreachable'
  | 'timeout'
  | 'reset' // the connection ended before the answer did
  | 'certificate' // TLS works, but its certificate is not to be trusted
  | 'tls' // no TLS could be agreed on; typically the other side speaks plain HTTP
  | 'proxy' // it said no, or TLS to it failed; one that cannot be reached is `refused`, `name` or `unreachable`
  | 'stopped' // our own connections were closed

/** An answer with a status that means “not now” or “not you”. */
export class StatusError extends AppError {
  readonly status: number
  /** What `Retry-After` asked for. */
  readonly retryAfterMs: number | undefined

  constructor(
    status: number,
    message: string,
    options: {
      code?: ErrorCode
      hint?: string | undefined
      retryAfterMs?: number | undefined
    } = {},
  ) {
    const { hint } = options
    super(options.code ?? codeOf(status), message, { ...(hint !== undefined && { hint }) })
    this.name = 'StatusError'
    this.status = status
    this.retryAfterMs = options.retryAfterMs
  }
}

/** What a status means when nothing more is known about it. */
export function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized'
    case 403:
      return 'denied'
    case 404:
    case 410:
      return 'not-found'
    case 429:
      return 'rate-limited'
    case 451:
      return 'region'
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      return 'network'
    default:
      return 'protocol'
  }
}

/** Throws AppError `cancelled` if the signal is aborted; an AppError given as the reason is thrown as it is. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal)
}

export function cancelled(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason
  return reason instanceof AppError
    ? reason
    : new AppError('cancelled', 'Cancelled.', { cause: reason })
}
