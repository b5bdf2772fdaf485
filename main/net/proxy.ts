import { BlockList, isIP } from 'node:net'
import { AppError } from '../api/errors.ts'
import { isLoopback } from './host.ts'

/** Which proxy stands for which kind of address; user and password may be part of a proxy's address. */
export interface ProxySettings {
  readonly https?: URL | undefined
  readonly http?: URL | undefined
  /** Hosts that are asked directly. */
  readonly isDirect: (host: URL) => boolean
}

export const noProxies: ProxySettings = { isDirect: () => true }

/**
 * Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl does: lower case first, no fallback from one kind to the other.
 * Throws AppError `usage` for an address that is none; it may hold a password and is not quoted.
 */
export function proxiesFrom(environment: Environment): ProxySettings {
  return {
    https: address('HTTPS_PROXY', value(environment, 'HTTPS_PROXY')),
    http: address('HTTP_PROXY', value(environment, 'HTTP_PROXY')),
    isDirect: directHosts(value(environment, 'NO_PROXY')),
  }
}

/** One proxy for everything but NO_PROXY, as its address is entered. Throws AppError `usage` for an address that is none. */
export function oneProxy(text: string, environment: Environment = {}): ProxySettings {
  const proxy = address('This', text.trim())
  return { https: proxy, http: proxy, isDirect: directHosts(value(environment, 'NO_PROXY')) }
}

/** The proxy at this address, or what the environment says where there is none. Throws what `oneProxy` throws. */
export function proxyAt(text: string, environment: Environment): ProxySettings {
  return text === '' ? proxiesFrom(environment) : oneProxy(text, environment)
}

type Environment = Readonly<Record<string, string | undefined>>

function value(environment: Environment, name: string): string {
  return (environment[name.toLowerCase()] ?? environment[name] ?? '').trim()
}

/** The proxy for an address; loopback never goes through one, as in curl and Go. */
export function proxyFor(url: URL, settings: ProxySettings): URL | undefined {
  const proxy = url.protocol === 'https:' ? settings.https : settings.http
  return proxy === undefined || isLoopback(url.hostname) || settings.isDirect(url)
    ? undefined
    : proxy
}

/** `Proxy-Authorization` for the user and password in a proxy's address. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined
  const pair = `${unescaped(proxy.username)}:${unescaped(proxy.password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** A part of an address without its escapes; a percent sign that escapes nothing stands for itself, as in curl. */
export function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

function address(name: string, text: string): URL | undefined {
  if (text === '') return undefined
  const whole = text.includes('://') ? text : `http://${text}`
  // `URL.parse` came with Node 22.
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new AppError('usage', `${name} is not the address of an HTTP proxy.`, {
    hint: 'Write it like http://proxy.example.com:3128.',
  })
}

/** NO_PROXY: host names that include what is below them, addresses, networks (10.0.0.0/8), each with an optional port, or `*`. */
function directHosts(text: string): (url: URL) => boolean {
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  if (entries.includes('*')) return () => true
  const networks = new BlockList()
  const names: { name: string; port: string }[] = []
  for (const entry of entries) {
    const [network = '', bits = ''] = entry.split('/')
    const family = isIP(network)
    if (/^\d{1,3}$/.test(bits) && family !== 0 && Number(bits) <= (family === 4 ? 32 : 128)) {
      networks.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
      continue
    }
    const { name = '', port = '' } =
      /^\[?(?<name>[^\]]*?)\]?(?::(?<port>\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry)
        ?.groups ?? {}
    names.push({ name: name.replace(/^\*?\./, ''), port })
  }
  return (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = url.port || (url.protocol === 'https:' ? '443' : '80')
    const family = isIP(host)
    if (family !== 0 && networks.check(host, family === 4 ? 'ipv4' : 'ipv6')) return true
    return names.some(
      (entry) =>
        (entry.port === '' || entry.port === port) &&
        (host === entry.name || host.endsWith(`.${entry.name}`)),
    )
  }
}
