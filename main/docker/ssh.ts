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
  const ended = (what: string, cause?: unknown): void => {
    duplex.destroy(new AppError('network', `ssh ${what}`, { cause }))
  }
  // Not `Duplex.from`: that ends as soon as ssh reads no more, whatever of its answer is still to be read.
  const duplex = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk: Uint8Array, _encoding, done) => void stdin.write(chunk, () => done()),
    final: (done) => void stdin.end(() => done()),
    destroy(error, done) {
      child.kill()
      done(error)
    },
  })
  stdout.on('data', (chunk: Uint8Array) => {
    if (!duplex.push(chunk)) stdout.pause()
  })
  // Why it reads no more is told when it has ended.
  stdin.on('error', () => undefined)
  let said = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500)
  })
  child.once('error', (error) => ended('could not be started.', error))
  child.once('close', (code) => {
    if (code === 0 || duplex.destroyed) duplex.push(null)
    else ended(`ended: ${said.trim() || `code ${code}`}`)
  })
  return duplex
}
