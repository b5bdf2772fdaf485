import type { Section } from '../section.ts'
import { compare } from '../compare.ts'
import { ours } from '../contenders.ts'
import { oneBigAmongMany } from '../images.ts'
import { startLine } from '../line.ts'
import { costTable } from '../table.ts'

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
