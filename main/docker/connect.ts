import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import type Dockerode from 'dockerode'
import { AppError } from '../api/errors.ts'
import type { EngineAddress, EngineTls } from './address.ts'

/**
 * A client of the engine at that address; nothing is asked yet. A request that hears nothing for `timeoutMs` is ended. dockerode is loaded here and not before: most runs need no
 * engine. Throws AppError `destination` for certificates that cannot be read.
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
  if (address.kind === 'ssh') return { host: 'docker', port: 80, agent: new SshAgent(address) }
  const { host, port, tls } = address
  if (tls === undefined) return { host, port }
  return { host, port, protocol: 'https', agent: new https.Agent(await readTls(tls)) } as const
}

async function readTls({ folder, isVerified }: EngineTls): Promise<https.AgentOptions> {
  const read = async (name: string): Promise<string | undefined> => {
    if (folder === undefined) return undefined
    try {
      return await readFile(join(folder, name), 'utf8')
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw new AppError('destination', `${join(folder, name)} cannot be read.`, { cause })
    }
  }
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  return {
    rejectUnauthorized: isVerified,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

/**
 * Connects through the system's own `ssh`, as docker's command does: so known hosts are checked and the user's
 * configuration, agent and jump hosts count, none of which docker-modem's ssh does.
 */
class SshAgent extends http.Agent {
  readonly #arguments: readonly string[]

  constructor({ host, user, port }: Extract<EngineAddress, { kind: 'ssh' }>) {
    super()
    this.#arguments = [
      '-T',
      // Nobody is there to be asked.
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=30',
      '-o',
      'ServerAliveInterval=15',
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      '--',
      host,
      'docker',
      'system',
      'dial-stdio',
    ]
  }

  override createConnection(): Duplex {
    const child = spawn('ssh', this.#arguments, { stdio: ['pipe', 'pipe', 'pipe'] })
    const { stdin, stdout, stderr } = child
    const duplex = Duplex.from({ writable: stdin, readable: stdout })
    let said = ''
    stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-500)
    })
    const failed = (what: string, cause?: unknown): void => {
      duplex.destroy(new AppError('network', `ssh ${what}`, { cause }))
    }
    child.once('error', (error) => failed('could not be started.', error))
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) failed(`ended: ${said.trim() || `code ${code}`}`)
    })
    duplex.once('close', () => child.kill())
    return duplex
  }
}
