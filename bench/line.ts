import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What each connection may bring, or all together, in bytes a second. */
const CAP = 25e6

/** A way to the registry at `target` that is limited to 25 MB/s, and 50 ms long. */
export async function startLine(
  target: string,
  scope: 'connection' | 'line',
): Promise<{ host: string; stop(): Promise<void> }> {
  const program = join(import.meta.dirname, 'proxy.ts')
  const child = spawn(process.execPath, [program, target, String(CAP), scope, '50'], {
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
