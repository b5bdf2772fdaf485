import type { Core } from '../core.ts'
import { uniqueLayers } from '../plan/plan.ts'
import { parseReference } from '../registry/reference.ts'
import { resolveImage } from '../registry/resolve.ts'

/** The layers of an image, of all its platforms where all are wanted: digest → bytes, for each tarball. */
export type Measured = readonly ReadonlyMap<string, number>[]

export async function measure(
  core: Core,
  reference: string,
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<Measured> {
  const parsed = parseReference(reference)
  const resolved = await Promise.all(
    platforms.map((platform) => resolveImage(core.registry, parsed, platform, { signal })),
  )
  return resolved
    .flatMap(({ images }) => images)
    .map(({ layers }) => new Map(uniqueLayers(layers).map(({ digest, size }) => [digest, size])))
}

/** What all of it costs: each digest fetched once, and what the tarballs have in common beyond that. Pure. */
export function addUp(measured: readonly Measured[]): { fetchBytes: number; sharedBytes: number } {
  const once = new Map<string, number>()
  let allBytes = 0
  for (const layers of measured.flat()) {
    for (const [digest, sizeBytes] of layers) {
      once.set(digest, sizeBytes)
      allBytes += sizeBytes
    }
  }
  let fetchBytes = 0
  for (const sizeBytes of once.values()) fetchBytes += sizeBytes
  return { fetchBytes, sharedBytes: allBytes - fetchBytes }
}
