import type { Dispatcher } from 'undici'
import { Agent } from '../net/dispatchers.ts'
import { readMemory } from '../net/read-memory.ts'
import type { EngineAddress } from './address.ts'
import type { SshAddress } from './ssh.ts'
import { readTls } from './tls.ts'

/**
 * undici's way to an engine, for answers as large as an image: node:http, which dockerode speaks through, copies every
 * chunk, and what that left behind came to 70 MB. Not over ssh: undici wants a socket of the system's, and hears nothing from
 * any other stream. Nothing is asked yet. Throws as `readTls` does.
 */
export async function createDispatcher(address: Exclude<EngineAddress, SshAddress>): Promise<{
  readonly dispatcher: Dispatcher
  readonly origin: string
}> {
  // An engine gathers all layers before it begins to answer.
  const patient = { headersTimeout: 0, bodyTimeout: 0 }
  if (address.kind === 'tcp') {
    const host = address.host.includes(':') ? `[${address.host}]` : address.host
    const { tls } = address
    return {
      dispatcher: new Agent({
        ...patient,
        connect: { ...(tls && (await readTls(tls))), onread: readMemory },
      }),
      origin: `${tls ? 'https' : 'http'}://${host}:${address.port}`,
    }
  }
  const connect = { socketPath: address.path, onread: readMemory }
  // Any host will do: the socket is the way.
  return { dispatcher: new Agent({ ...patient, connect }), origin: 'http://docker' }
}
