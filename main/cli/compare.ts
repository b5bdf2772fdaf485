import { compareImages, missingList, type Difference } from '../library/compare.ts'
import { imagesAt, type NamedImage } from '../library/image-list.ts'
import { writeFileDurably } from '../disk/durable.ts'
import { destinationError } from '../archive/destination-error.ts'
import { plural } from '../format.ts'
import { printableJson } from '../printable.ts'
import type { Output } from './output.ts'
import { callersPath } from './paths.ts'

/** What FOUND lacks of WANTED, each a folder or a list. Returns 0 when it lacks nothing and has nothing else, else 1. */
export async function compareCommand(
  wanted: string,
  found: string,
  { output: file, json }: { output?: string; json: boolean },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const [asked, there] = await Promise.all([
    imagesAt(callersPath(wanted), signal),
    imagesAt(callersPath(found), signal),
  ])
  const differences = compareImages(asked, there)
  const list = missingList(differences)
  if (file !== undefined) {
    const path = callersPath(file)
    await writeFileDurably(path, `${printableJson(list, 2)}\n`).catch((error: unknown) => {
      throw destinationError(error, path)
    })
  }
  if (json) output.print(printableJson({ differences }))
  else for (const line of linesOf(differences)) output.print(line)
  return differences.length === 0 ? 0 : 1
}

function linesOf(differences: readonly Difference[]): string[] {
  const count = (kind: Difference['kind']): number =>
    differences.filter((one) => one.kind === kind).length
  const sum =
    differences.length === 0
      ? 'Both hold the same images.'
      : `${plural(count('missing'), 'image')} missing, ${count('differs')} with other content, ${count('extra')} besides.`
  return [
    ...differences.map((one) => {
      const image = one.kind === 'extra' ? one.found : one.wanted
      return `${one.kind.padEnd(8)}  ${nameOf(image)}`
    }),
    sum,
  ]
}

function nameOf({ reference, platform }: NamedImage): string {
  return `${reference}  ${platform}`
}
