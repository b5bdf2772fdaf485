import type Dockerode from 'dockerode'
import type { EngineAddress } from './address.ts'
import { readTls } from './tls.ts'

/**
 * A client of the engine at that address; nothing is asked yet. A request that hears nothing for `timeoutMs` is ended.
 * dockerode and Node's own HTTP are loaded here and not before: most runs need no engine. Throws AppError `destination`
 * for certificates that cannot be read.
 */
export async function connect(address: EngineAddress, timeoutMs?: number): Promise<Dockerode> {
  // docker-modem prints every header under DEBUG, and the registry's key is in one.
  delete process.env['DEBUG']
  const { default: Client } = await import('dockerode')
  // What is not named here would be taken from DOCKER_HOST and its like, whatever the address says.
  const nothing = {
    host: undefined,
    port: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  }
  const options = {
    ...nothing,
    timeout: timeoutMs,
    protocol: 'http',
    ...(await reach(address)),
  } as const
  return new Client(options)
}

async function reach(address: EngineAddress) {
  if (address.kind === 'socket') return { socketPath: address.path }
  // Any host and port will do for ssh: the agent has the way.
  if (address.kind === 'ssh') {
    const { SshAgent } = await import('./ssh-agent.ts')
    return { host: 'docker', port: 80, agent: new SshAgent(address) }
  }
  const { host, port, tls } = address
  if (tls === undefined) return { host, port }
  const { Agent } = await import('node:https')
  return { host, port, protocol: 'https', agent: new Agent(await readTls(tls)) } as const
}
