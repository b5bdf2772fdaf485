import { AppError } from '../api/errors.ts'
import { unescaped } from '../net/proxy.ts'

/** Where an engine's API is reached. */
export type EngineAddress =
  /** A unix socket, or a named pipe of Windows (`//./pipe/docker_engine`). */
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      readonly tls?: EngineTls
    }
  | {
      readonly kind: 'ssh'
      readonly host: string
      readonly user?: string
      readonly port?: number
    }

export interface EngineTls {
  /** Has `ca.pem`, `cert.pem` and `key.pem`, each of which may be absent. */
  readonly folder?: string
  /** False where a context says so: then anyone may answer. */
  readonly isVerified: boolean
}

/** Parses what DOCKER_HOST or a context says, as docker's own command does. Throws AppError `usage`. */
export function parseEngineAddress(text: string, tls?: EngineTls): EngineAddress {
  const [, path] = /^(?:unix|npipe):\/\/(.+)$/.exec(text) ?? []
  if (path !== undefined) return { kind: 'socket', path }
  const whole = text.includes('://') ? text : `tcp://${text}`
  // `new URL` knows hosts and ports of web addresses only.
  const [, scheme, rest] = /^(tcp|https?|ssh):(\/\/[^/?#]+)/.exec(whole) ?? []
  if (rest === undefined || !URL.canParse(`http:${rest}`)) throw notAnAddress()
  const url = new URL(`http:${rest}`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (scheme === 'ssh') {
    return {
      kind: 'ssh',
      host,
      ...(url.username !== '' && { user: unescaped(url.username) }),
      ...(url.port !== '' && { port: Number(url.port) }),
    }
  }
  const isSecure = tls !== undefined || scheme === 'https'
  const port = url.port === '' ? (isSecure ? 2376 : 2375) : Number(url.port)
  return {
    kind: 'tcp',
    host,
    port,
    ...(isSecure && { tls: tls ?? { isVerified: true } }),
  }
}

/** As a person reads it; also tells whether two addresses are the same. */
export function formatEngineAddress(address: EngineAddress): string {
  if (address.kind === 'socket') return address.path
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  if (address.kind === 'tcp') {
    return `${address.tls === undefined ? 'tcp' : 'https'}://${host}:${address.port}`
  }
  const user = address.user === undefined ? '' : `${address.user}@`
  return `ssh://${user}${host}${address.port === undefined ? '' : `:${address.port}`}`
}

function notAnAddress(): AppError {
  return new AppError('usage', 'DOCKER_HOST or a context names no address of an engine.', {
    hint: 'Write it like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host.',
  })
}
