import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Section } from '../section.ts'
import { ourCommand } from '../contenders.ts'
import { plainImage } from '../images.ts'
import { measureTimes } from '../measure.ts'
import { markdownTable, spread, spreadMb } from '../table.ts'
import { pushLarge } from '../push-large.ts'

/** How time and memory grow with the number of images, of tags planned, and with the size of one image. */
export const growth: Section = async (bench) =>
  `## Growth

${markdownTable(
  ['ngc-replicator', 'seconds', 'peak MB'],
  [...(await images(bench)), ...(await tags(bench)), ...(await sizes(bench))],
)}`

async function images(bench: Bench): Promise<string[][]> {
  const { registry, scale } = bench
  const rows: string[][] = []
  for (let index = 0; index < 16; index += 1) {
    await registry.push('bench/images', plainImage(`images ${index}`, 8, 8e6 * scale), `${index}`)
  }
  for (const count of [1, 4, 16]) {
    const references = Array.from(
      { length: count },
      (_, index) => `${registry.host}/bench/images:${index}`,
    )
    rows.push(await row(bench, `${count} images of 64 MB`, references))
  }
  return rows
}

async function tags(bench: Bench): Promise<string[][]> {
  const { registry } = bench
  const image = plainImage('tags', 1, 1000)
  for (let index = 0; index < 1000; index += 1) await registry.push('bench/tags', image, `${index}`)
  const rows: string[][] = []
  for (const count of [10, 100, 1000]) {
    const references = Array.from(
      { length: count },
      (_, tag) => `${registry.host}/bench/tags:${tag}`,
    )
    rows.push(await row(bench, `${count} tags planned`, ['--dry-run', ...references]))
  }
  return rows
}

async function sizes(bench: Bench): Promise<string[][]> {
  const { registry, scale } = bench
  const rows: string[][] = []
  for (const gigabytes of [1, 4, 16]) {
    await pushLarge(registry, 'bench/large', `${gigabytes}`, Math.round(gigabytes * 1e9 * scale))
    rows.push(
      await row(bench, `one image of ${gigabytes} GB`, [
        `${registry.host}/bench/large:${gigabytes}`,
      ]),
    )
  }
  return rows
}

async function row(
  { workFolder, runs, say }: Bench,
  name: string,
  args: readonly string[],
): Promise<string[]> {
  const folder = join(workFolder, 'growth')
  const command = [...ourCommand, ...args, '--output-path', folder, '--quiet']
  const costs = await measureTimes(runs, command, {
    after: async () => await rm(folder, { recursive: true, force: true }),
  })
  const cells = [
    spread(
      costs.map(({ seconds }) => seconds),
      2,
    ),
    spreadMb(costs.map(({ peakBytes }) => peakBytes)),
  ]
  say(`${name}: ${cells[0]} s, ${cells[1]} MB`)
  return [name, ...cells]
}
