import type { Dispatcher } from 'undici'
import { Pool, ProxyAgent } from './dispatchers.ts'
import { NetworkError } from './failure.ts'
import { proxyAuthorization } from './proxy.ts'

/** Requests through CONNECT tunnels of one proxy; it gets as long to open one as a host gets to accept a connection. */
export function createTunnel(
  proxy: URL,
  limits: Pool.Options,
  connect: NonNullable<ProxyAgent.Options['requestTls']> & { readonly timeout: number },
): ProxyAgent {
  const token = proxyAuthorization(proxy)
  return new ProxyAgent({
    ...limits,
    uri: proxy.origin,
    ...(token !== undefined && { token }),
    proxyTls: connect,
    requestTls: connect,
    clientFactory: (origin, given) =>
      new ProxyPool(origin, { ...given, headersTimeout: connect.timeout }),
  })
}

/**
 * undici begins a tunnel anew without end, and without a pause, when its proxy breaks off in the middle of CONNECT: it
 * takes an error of its own kind for one of a connection that was open. So the error is made one of ours.
 */
class ProxyPool extends Pool {
  override connect(options: Asked): Promise<Dispatcher.ConnectData>
  override connect(options: Asked, callback: Connected): void
  override connect(options: Asked, callback?: Connected): Promise<Dispatcher.ConnectData> | void {
    if (callback) return super.connect(options, callback)
    return super.connect(options).catch((error: unknown) => {
      throw isOfItsOwnKind(error) ? brokenOff(options.path, error) : error
    })
  }
}

type Asked = Omit<Dispatcher.ConnectOptions, 'origin'>
type Connected = (error: Error | null, data: Dispatcher.ConnectData) => void

function isOfItsOwnKind(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'UND_ERR_SOCKET' || code === 'UND_ERR_INFO'
}

function brokenOff(target: string, cause: unknown): NetworkError {
  return new NetworkError('reset', `The proxy broke off on the way to ${target}.`, {
    hint: 'Check HTTPS_PROXY: it must name an HTTP proxy that allows CONNECT.',
    cause,
  })
}
