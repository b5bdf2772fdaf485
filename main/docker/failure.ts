import { AppError, messageOf } from '../api/errors.ts'
import { redact } from '../net/redact.ts'
import { refusal } from './events.ts'

/** What dockerode, a socket or a program threw, in a sentence that names the engine. */
export function engineFailure(error: unknown, engine: string): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('denied', `You may not use ${engine}: its socket refuses you.`, {
      hint: 'Join the docker group (sudo usermod -aG docker $USER, then log in again), or run this as root.',
      cause: error,
    })
  }
  if (code !== undefined && absent.has(code)) return doesNotAnswer(engine, error)
  if (code !== undefined && cut.has(code)) return stoppedAnswering(engine, error)
  const tls = tlsFailure(code, messageOf(error), engine)
  if (tls !== undefined) return new AppError('engine', tls[0], { hint: tls[1], cause: error })
  const said = messageOf(error).replace(/^\(HTTP code \d+\) [^-]*- /, '')
  return refusal(redact(said), engine)
}

/** What an engine's own program said before it failed; gRPC's words where containerd was not there, or went away. */
export function programFailure(said: string, engine: string): AppError {
  if (/failed to dial|connection refused/.test(said)) return doesNotAnswer(engine, said)
  if (/: unavailable$|failed to send write: EOF/.test(said)) return stoppedAnswering(engine, said)
  return refusal(said, engine)
}

function doesNotAnswer(engine: string, cause: unknown): AppError {
  const hint = 'Start it, and try again.'
  return new AppError('engine', `${engine} does not answer.`, { hint, cause })
}

function stoppedAnswering(engine: string, cause: unknown): AppError {
  const hint = 'Start it, and try again: what was done is skipped.'
  return new AppError('engine', `${engine} stopped answering.`, { hint, cause })
}

/** OpenSSL's codes end in the name of the alert (RFC 8446, 6.2) that the engine sent. */
function tlsFailure(
  code: string | undefined,
  said: string,
  engine: string,
): readonly [message: string, hint: string] | undefined {
  const place = 'DOCKER_CERT_PATH, or the context, has them: ca.pem, cert.pem and key.pem.'
  if (/HTTP request to an HTTPS server/.test(said)) {
    return [`${engine} speaks TLS, and was asked without.`, `Set DOCKER_TLS_VERIFY=1. ${place}`]
  }
  if (
    /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_REQUIRED|UNKNOWN_CA)/.test(code ?? '') ||
    /alert (?:bad certificate|certificate required|unknown ca)/.test(said)
  ) {
    return [`${engine} wants a certificate that it knows.`, place]
  }
  if (/CERT|UNABLE_TO_VERIFY/.test(code ?? '')) {
    return [`The certificate of ${engine} cannot be trusted: ${said}.`, place]
  }
  return undefined
}

/** The status of an HTTP answer; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : undefined
}

export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

const absent = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ENOTDIR',
])
const cut = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
])
