import type { Section } from '../section.ts'
import { compare } from '../compare.ts'
import { ours, theLimit } from '../contenders.ts'
import { oneBigAmongMany } from '../images.ts'
import { costTable } from '../table.ts'

/** Registry → tarball on a line without limits. */
export const plain: Section = async (bench) => {
  const { registry, peers, scale } = bench
  const image = oneBigAmongMany('plain', 1200 * scale)
  await registry.push('bench/plain', image, '1')
  const digests = image.layers.map(({ descriptor }) => descriptor.digest)
  const { costs, outputBytes } = await compare(
    bench,
    [ours, theLimit(digests, registry.address.origin, 'bench/plain'), ...peers],
    [`${registry.host}/bench/plain:1`],
  )
  const bytes = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)
  return `## One image, plain line

${(bytes / 1e6).toFixed(0)} MB compressed in ${image.layers.length} layers, one of them large.

${costTable(costs, outputBytes)}`
}
