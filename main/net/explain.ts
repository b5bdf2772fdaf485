import { AppError } from '../api/errors.ts'
import { NetworkError, type NetworkProblem } from './failure.ts'

/**
 * Turns what a socket, TLS or undici threw into a sentence that names the host, and the proxy if one was in between.
 * Addresses are never quoted: their queries may be signed.
 */
export function explain(error: unknown, route: Route): AppError {
  if (error instanceof AppError) return error
  const code = codeIn(error)
  const kind = kindOf(code, error)
  const viaProxy =
    route.proxy !== undefined && (refusalOf(error) !== undefined || beforeTunnel.has(kind))
  const [sentence, hint] = viaProxy
    ? proxyWords(kind, error, route)
    : words(kind, code, error, route)
  return new NetworkError(kind, sentence, { hint, cause: error })
}

export interface Route {
  /** The host that was to answer, with its port where it is not the usual one. */
  readonly host: string
  /** The proxy's host and port, without its user and password. */
  readonly proxy: string | undefined
}

/** What can only have happened between us and the proxy when there is one: the way behind it is its own business. */
const beforeTunnel: ReadonlySet<NetworkProblem> = new Set([
  'refused',
  'name',
  'unreachable',
  'proxy',
])

const kinds: Readonly<Record<string, NetworkProblem>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_FAIL: 'name',
  EAI_NODATA: 'name',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_PRX_TLS: 'proxy',
  UND_ERR_DESTROYED: 'stopped',
  UND_ERR_CLOSED: 'stopped',
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'certificate',
  CERT_NOT_YET_VALID: 'certificate',
  CERT_REVOKED: 'certificate',
  CERT_REJECTED: 'certificate',
  CERT_UNTRUSTED: 'certificate',
  CERT_SIGNATURE_FAILURE: 'certificate',
  CERT_CHAIN_TOO_LONG: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  INVALID_CA: 'certificate',
  INVALID_PURPOSE: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
}

function kindOf(code: string, error: unknown): NetworkProblem {
  const refusal = refusalOf(error)
  // 502 to 504 is its own trouble to get there, and passes.
  if (refusal !== undefined) return refusal >= 500 ? 'unreachable' : 'proxy'
  return kinds[code] ?? (code.startsWith('ERR_SSL_') ? 'tls' : 'reset')
}

/** Several addresses of one host fail together as an AggregateError; the first tells as much as all. */
function codeIn(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeIn(error.errors[0])
  return 'cause' in error ? codeIn(error.cause) : ''
}

/** undici says a refused tunnel only in words: “Proxy response (407) !== 200 when HTTP Tunneling”. */
function refusalOf(error: unknown): number | undefined {
  const found = error instanceof Error ? /^Proxy response \((\d+)\)/.exec(error.message) : null
  return found ? Number(found[1]) : undefined
}

const AGAIN = 'Try again; what was saved is kept.'
const BLOCKED =
  'Try again in a few minutes. If it stays so, a firewall may block it, or a proxy be needed (HTTPS_PROXY).'

function words(
  kind: NetworkProblem,
  code: string,
  error: unknown,
  { host }: Route,
): [string, string | undefined] {
  switch (kind) {
    case 'refused':
      return [`${host} refused the connection.`, BLOCKED]
    case 'name':
      return [
        `The name ${host} could not be resolved.`,
        'Check the network connection; behind a firewall a proxy may be needed (HTTPS_PROXY).',
      ]
    case 'unreachable':
      return [`${host} cannot be reached from this network.`, BLOCKED]
    case 'timeout':
      return [`${host} did not answer in time.`, BLOCKED]
    case 'certificate':
      return [
        `The certificate of ${host} cannot be trusted: ${certificateProblem(code, error)}.`,
        code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID'
          ? 'Check the clock of this computer.'
          : 'If your organisation inspects traffic, add its certificate authority (NODE_EXTRA_CA_CERTS).',
      ]
    case 'tls':
      return [
        `${host} does not speak HTTPS, or not in a way that is accepted here.`,
        'Check the address and the port.',
      ]
    case 'proxy':
      return [`The proxy on the way to ${host} failed.`, AGAIN]
    case 'stopped':
      return [`The connection to ${host} was closed because the program is stopping.`, undefined]
    case 'reset':
    default:
      return [`The connection to ${host} broke.`, AGAIN]
  }
}

function proxyWords(
  kind: NetworkProblem,
  error: unknown,
  route: Route,
): [string, string | undefined] {
  const status = refusalOf(error)
  if (status === 407) {
    return [
      `The proxy ${route.proxy} wants a user name and a password.`,
      'Write them into the proxy address: http://user:password@host:port.',
    ]
  }
  if (status !== undefined && status >= 500) {
    return [
      `The proxy ${route.proxy} does not get through to ${route.host} (${status}).`,
      'Try again in a few minutes.',
    ]
  }
  if (status !== undefined) {
    return [
      `The proxy ${route.proxy} does not let us through to ${route.host} (${status}).`,
      'Check that the host is allowed there, or name it in NO_PROXY.',
    ]
  }
  const [sentence] = words(kind, '', error, { host: route.proxy ?? '', proxy: undefined })
  return [
    kind === 'proxy' ? `The proxy ${route.proxy} failed.` : `Proxy: ${sentence}`,
    'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
  ]
}

function certificateProblem(code: string, error: unknown): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'it has expired'
    case 'CERT_NOT_YET_VALID':
      return 'it is not valid yet'
    case 'CERT_REVOKED':
      return 'it was revoked'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'it is signed by itself'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'it was issued for another host'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'it is signed by an authority that is not known here'
    default:
      return error instanceof Error ? error.message : code
  }
}
