import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import { AppError } from '../api/errors.ts'
import type { EngineAddress } from './address.ts'

export type SshAddress = Extract<EngineAddress, { kind: 'ssh' }>

/**
 * A connection to an engine through the system's own `ssh`, as docker's command makes it: so known hosts are checked and
 * the user's configuration, agent and jump hosts count, none of which docker-modem's ssh does. Ends in AppError `network`.
 */
export function openSsh({ host, user, port }: SshAddress): Duplex {
  const child = spawn(
    'ssh',
    [
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
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
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
