import type { Bench, Section } from '../section.ts'
import { compare } from '../compare.ts'
import { ours, theLimit } from '../contenders.ts'
import { oneBigAmongMany } from '../images.ts'
import { pushLarge } from '../push-large.ts'
import { costTable } from '../table.ts'

/** Registry → tarball on a line without limits. */
export const plain: Section = async (bench) => {
  const { registry, peers, scale } = bench
  const image = oneBigAmongMany('plain', 1200 * scale)
  await registry.push('bench/plain', image, '1')
  const digests = image.layers.map(({ descriptor }) => descriptor.digest)
  const { costs, outputBytes } = await compare(
    bench,
    [ours, theLimit(digests, registry.host, 'bench/plain'), ...peers],
    [`${registry.host}/bench/plain:1`],
  )
  const bytes = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)
  return `## One image, plain line

${(bytes / 1e6).toFixed(0)} MB compressed in ${image.layers.length} layers, one of them large.

${costTable(costs, outputBytes)}

${await large(bench)}`
}

/** Where what a program needs for itself, whatever it carries, does not count any more. */
async function large(bench: Bench): Promise<string> {
  const { registry, peers, scale } = bench
  const gigabytes = 4 * scale
  const digest = await pushLarge(registry, 'bench/large', '4', Math.round(gigabytes * 1e9))
  const { costs, outputBytes } = await compare(
    bench,
    [
      ours,
      theLimit([digest], registry.host, 'bench/large'),
      ...peers.filter(({ name }) => name.endsWith('oci-archive')),
    ],
    [`${registry.host}/bench/large:4`],
  )
  return `One layer of ${gigabytes} GB:

${costTable(costs, outputBytes)}`
}
