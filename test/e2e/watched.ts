import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { executable, launch, type Application } from './application.ts'

/** An application whose every process is watched for what it sends over a network. */
export type Watched = Application & {
  /** Ends it; gives the addresses it tried to reach, however that went, each as the system call named it. */
  end: () => Promise<string[]>
}

/** Starts it under strace, in `folder`. */
export async function launchWatched(folder: string): Promise<Watched> {
  const log = join(folder, 'calls')
  const program = join(folder, 'watched')
  const trace = `strace -f -qq --seccomp-bpf -e trace=connect,sendto -o '${log}' '${executable()}'`
  await writeFile(program, `#!/bin/sh\nexec ${trace} "$@"\n`, { mode: 0o755 })
  const application = await launch(join(folder, 'user'), { program })
  return {
    ...application,
    async end() {
      await application.electron.close()
      return await addressesIn(log)
    },
  }
}

/** Lets it reach for a port of this process: a watcher that does not see this sees nothing. */
export async function reachOut(electron: ElectronApplication): Promise<number> {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  await electron.evaluate(async (_electron, target) => {
    const { connect } = process.getBuiltinModule('net')
    await new Promise((ended) => {
      connect(target, '127.0.0.1').resume().on('close', ended)
    })
  }, port)
  server.close()
  return port
}

async function addressesIn(log: string): Promise<string[]> {
  const text = await readFile(log, 'utf8')
  return text
    .split('\n')
    .filter((line) => /sa_family=AF_INET6?\b/.test(line))
    .map((line) => /\{(sa_family=AF_INET6?\b[^}]*)\}/.exec(line)?.[1] ?? line)
}
