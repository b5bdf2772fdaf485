import type { LibraryImage } from './inventory.ts'

/** Bytes of all tarballs, and how many of them are layers that stand in several of those that are complete. */
export interface LibraryTotals {
  readonly totalBytes: number
  readonly sharedBytes: number
}

export function totalsOf(images: readonly LibraryImage[]): LibraryTotals {
  const tarballs = new Map(
    images.filter(({ status }) => status !== 'foreign').map((image) => [image.file, image]),
  )
  const once = new Map<string, number>()
  let layerBytes = 0
  for (const { layers, status } of tarballs.values()) {
    // One that was never finished, or ends too early, tells of layers that it does not hold.
    if (status !== 'complete') continue
    const own = new Map(
      layers.flatMap(({ digest, sizeBytes }) => (digest === null ? [] : [[digest, sizeBytes]])),
    )
    for (const [digest, sizeBytes] of own) {
      once.set(digest, sizeBytes)
      layerBytes += sizeBytes
    }
  }
  const onceBytes = [...once.values()].reduce((sum, bytes) => sum + bytes, 0)
  const totalBytes = [...tarballs.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return { totalBytes, sharedBytes: layerBytes - onceBytes }
}
