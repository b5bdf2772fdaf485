/**
 * An expected failure, told in the user's words.
 * `message` says what happened to what; `hint` says the way out. Neither may hold a secret or a signed address.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = options.hint
  }
}

export type ErrorCode =
  | 'usage' // the request itself is wrong: an option, a reference, a file the user wrote
  | 'cancelled' // the user stopped it
  | 'network' // no answer: refused, reset, timed out, TLS, proxy, DNS
  | 'unauthorized' // the key is missing, wrong or expired
  | 'denied' // the key is valid but not allowed here, or a licence is to be accepted first
  | 'region' // 451
  | 'not-found'
  | 'rate-limited' // 429 after all retries
  | 'protocol' // the other side answered something it must not
  | 'unsupported' // e.g. a schema 1 manifest
  | 'digest-mismatch' // the bytes are not the ones that were named
  | 'no-space'
  | 'destination' // not writable, gone, read-only
  | 'damaged' // a tarball or state file that does not hold together
  | 'foreign' // a file that is not an image tarball
  | 'engine' // Docker, Podman or containerd is not there, died, or said no

/** The error as an AppError's message, or the plain message of anything else, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
