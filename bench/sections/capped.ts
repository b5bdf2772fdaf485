import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Section } from '../section.ts'
import { compare } from '../compare.ts'
import { ours } from '../contenders.ts'
import { oneBigAmongMany } from '../images.ts'
import { costTable } from '../table.ts'

const CAP = 25e6

/** The same behind lines that are limited: for each connection, as many stores do, and as a whole. */
export const capped: Section = async (bench) => {
  const { registry, peers, scale } = bench
  const image = oneBigAmongMany('capped', 800 * scale)
  await registry.push('bench/capped', image, '1')
  const contenders = [ours, ...peers.filter(({ name }) => name.endsWith('oci-archive'))]
  const chapters: string[] = []
  for (const scope of ['connection', 'line'] as const) {
    const line = await startLine(registry.host, scope)
    try {
      const reference = `${line.host}/bench/capped:1`
      const { costs, outputBytes } = await compare(bench, contenders, [reference])
      chapters.push(`## ${titles[scope]}\n\n${costTable(costs, outputBytes)}`)
    } finally {
      await line.stop()
    }
  }
  return chapters.join('\n\n')
}

const titles = {
  connection: '25 MB/s for each connection, 50 ms away',
  line: '25 MB/s for the whole line, 50 ms away',
}

async function startLine(
  target: string,
  scope: 'connection' | 'line',
): Promise<{ host: string; stop(): Promise<void> }> {
  const program = join(import.meta.dirname, '..', 'proxy.ts')
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
