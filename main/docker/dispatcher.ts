import type { Socket } from 'node:net'
import { Agent, type buildConnector, type Dispatcher } from 'undici'
import type { EngineAddress } from './address.ts'
import { openSsh } from './ssh.ts'
import { readTls } from './tls.ts'

/**
 * undici's way to an engine, for answers as large as an image: node:http, which dockerode speaks through, copies every
 * chunk, and what that left behind came to 70 MB. Nothing is asked yet. Throws as `readTls` does.
 */
export async function createDispatcher(address: EngineAddress): Promise<{
  readonly dispatcher: Dispatcher
  readonly origin: string
}> {
  // An engine gathers all layers before it begins to answer.
  const patient = { headersTimeout: 0, bodyTimeout: 0 }
  if (address.kind === 'tcp') {
    const host = address.host.includes(':') ? `[${address.host}]` : address.host
    const { tls } = address
    return {
      dispatcher: new Agent({ ...patient, ...(tls && { connect: await readTls(tls) }) }),
      origin: `${tls ? 'https' : 'http'}://${host}:${address.port}`,
    }
  }
  const connect: buildConnector.BuildOptions | buildConnector.connector =
    address.kind === 'socket'
      ? { socketPath: address.path }
      : // Of a socket undici needs no more than every duplex has.
        (_options, connected) => connected(null, openSsh(address) as Socket)
  // Any host will do: the connection has the way.
  return { dispatcher: new Agent({ ...patient, connect }), origin: 'http://docker' }
}
