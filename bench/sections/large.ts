import type { Section } from '../section.ts'
import { compare } from '../compare.ts'
import { ours, theLimit } from '../contenders.ts'
import { pushLarge } from '../push-large.ts'
import { costTable } from '../table.ts'

/** Where what a program needs for itself, whatever it carries, does not count any more. */
export const large: Section = async (bench) => {
  const { registry, peers, scale } = bench
  const gigabytes = 4 * scale
  const digest = await pushLarge(registry, 'bench/large', '4', Math.round(gigabytes * 1e9))
  const { costs, outputBytes } = await compare(
    bench,
    [
      ours,
      theLimit([digest], registry.address.origin, 'bench/large'),
      ...peers.filter(({ name }) => name.endsWith('oci-archive')),
    ],
    [`${registry.host}/bench/large:4`],
  )
  return `## One layer of ${gigabytes} GB, plain line

${costTable(costs, outputBytes)}`
}
