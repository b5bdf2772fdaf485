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
  if (code !== undefined && absent.has(code)) {
    return new AppError('engine', `${engine} does not answer.`, {
      hint: 'Start it, and try again.',
      cause: error,
    })
  }
  if (code !== undefined && cut.has(code)) {
    return new AppError('engine', `${engine} stopped answering.`, {
      hint: 'Start it, and try again: what was done is skipped.',
      cause: error,
    })
  }
  const said = messageOf(error).replace(/^\(HTTP code \d+\) [^-]*- /, '')
  return refusal(redact(said), engine)
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
