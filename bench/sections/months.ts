import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Bench, Section } from '../section.ts'
import { compare } from '../compare.ts'
import { bytesIn, ourCommand, ours } from '../contenders.ts'
import { monthlyTags } from '../images.ts'
import { measureTimes, run } from '../measure.ts'
import { costTable, markdownTable, spread } from '../table.ts'
import type { MadeImage } from '../../main/sandbox/image.ts'

/** Three monthly tags that share four fifths, and a fourth on another day. */
export const months: Section = async (bench) => {
  const { registry, peers, scale } = bench
  const images = monthlyTags('months', 4, 500 * scale)
  for (const [month, image] of images.entries())
    await registry.push('bench/months', image, `${month + 1}`)
  const references = images.map((_, month) => `${registry.host}/bench/months:${month + 1}`)
  const contenders = [ours, ...peers.filter(({ name }) => name.endsWith('oci-archive'))]
  const { costs, outputBytes } = await compare(bench, contenders, references.slice(0, 3))
  return `## Three monthly tags that share 80 %, then a fourth

${costTable(costs, outputBytes)}

${await fetched(bench, images, references)}`
}

const done = z.object({ event: z.literal('done'), bytes: z.number() })

async function fetched(
  { workFolder, runs }: Bench,
  images: readonly MadeImage[],
  references: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(workFolder, 'months-'))
  const rows: string[][] = []
  for (const [name, count] of [
    ['three tags', 3],
    ['a fourth, another day', 4],
  ] as const) {
    const before = await bytesIn(folder)
    const fresh =
      uniqueBytes(images.slice(0, count)) - (count === 4 ? uniqueBytes(images.slice(0, 3)) : 0)
    const command = [...ourCommand, ...references.slice(0, count), '--output-path', folder]
    const printed = await run([...command, '--json'])
    const { bytes } = done.parse(JSON.parse(printed.trim().split('\n').at(-1)!))
    const written = (await bytesIn(folder)) - before
    rows.push([name, mb(bytes), (bytes / fresh).toFixed(3), mb(written)])
  }
  const command = [...ourCommand, ...references, '--output-path', folder, '--quiet']
  const again = await measureTimes(runs, command)
  await rm(folder, { recursive: true })
  return `${markdownTable(['ngc-replicator', 'fetched MB', 'fetched ÷ unique', 'output MB'], rows)}

A run over all four with nothing to do: ${spread(
    again.map(({ seconds }) => seconds),
    2,
  )} s.`
}

function uniqueBytes(images: readonly MadeImage[]): number {
  const sizes = new Map(
    images.flatMap(({ layers }) =>
      layers.map(({ descriptor }) => [descriptor.digest, descriptor.size]),
    ),
  )
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
