import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

/** A real sshd on loopback that lets in whoever has its key, as root. */
export interface Sshd {
  readonly port: number
  /** Holds an `ssh`: the system's, with a configuration that knows the host and has the key. */
  readonly programs: string
  /** Makes that `ssh` forget the host, or its key. */
  forget(what: 'host' | 'key'): Promise<void>
  stop(): Promise<void>
}

/** `env` is what sessions find in their environment. */
export async function startSshd(env: Readonly<Record<string, string>>): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-sshd-'))
  const at = (name: string): string => join(folder, name)
  const makeKey = async (name: string): Promise<unknown> =>
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
  await Promise.all([makeKey('host'), makeKey('user'), makeKey('stranger')])
  const port = await freePort()
  const variables = Object.entries(env).map(([name, value]) => `"${name}=${value}"`)
  await writeFile(
    at('sshd_config'),
    [
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('user.pub')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      `SetEnv ${variables.join(' ')}`,
    ].join('\n'),
  )
  // sshd wants to be started by its whole path, and this folder for its unprivileged child.
  await mkdir('/run/sshd', { recursive: true })
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', at('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('Server listening')) break
  }
  child.stderr.resume()
  const known = at('known_hosts')
  await promisify(execFile)('sh', [
    '-c',
    `echo "[127.0.0.1]:${port} $(cat '${at('host.pub')}')" > '${known}'`,
  ])
  const configuration = `UserKnownHostsFile ${known}\nGlobalKnownHostsFile none\nIdentityFile ${at('identity')}\nIdentitiesOnly yes\nIdentityAgent none\n`
  await writeFile(at('config'), configuration)
  await copyFile(at('user'), at('identity'))
  await mkdir(at('bin'))
  await writeFile(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${at('config')}' "$@"\n`, {
    mode: 0o755,
  })
  return {
    port,
    programs: at('bin'),
    async forget(what) {
      if (what === 'host') await writeFile(known, '')
      else await copyFile(at('stranger'), at('identity'))
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
