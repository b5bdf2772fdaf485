import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What each connection may bring, or all together, in bytes a second. */
const CAP = 25e6

export interface Way {
  readonly host: string
  stop(): Promise<void>
}

/** A way to the registry at `target` that is limited to 25 MB/s, and 50 ms long. */
export async function startLine(target: string, scope: 'connection' | 'line'): Promise<Way> {
  return await start('proxy.ts', target, String(CAP), scope, '50')
}

/** A proxy as HTTPS_PROXY names one. Every host's name leads it to this machine. */
export async function startConnectProxy(): Promise<Way> {
  return await start('connect-proxy.ts')
}

/** In a process of its own, which prints the port that it listens at. */
async function start(program: string, ...parts: readonly string[]): Promise<Way> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...parts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    host: `127.0.0.1:${printed.toString().trim()}`,
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
