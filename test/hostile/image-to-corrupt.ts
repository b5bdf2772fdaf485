import { gzipSync } from 'node:zlib'
import {
  digestOf,
  makeImage,
  makeIndex,
  makeLayer,
  noise,
  type MadeLayer,
} from '../../main/sandbox/image.ts'
import { layoutOf, practiceImage, practiceReference } from '../support/made-tarball.ts'

/** So that a failure can be had again. */
export const SEED = process.env['CORRUPTION_SEED'] ?? 'corruptions 1'

/** A layer of each compression, and one that compresses well. */
export const image = makeImage({
  platform: practiceImage().platform,
  layers: [
    squeezed(
      makeLayer({
        seed: `${SEED} text`,
        files: { 'usr/words': { bytes: words(200_000) } },
        compression: 'none',
      }),
    ),
    makeLayer({ seed: `${SEED} noise`, sizeBytes: 30_000 }),
    makeLayer({ seed: `${SEED} plain`, sizeBytes: 9000, compression: 'none' }),
    makeLayer({ seed: `${SEED} zstd`, sizeBytes: 20_000, compression: 'zstd' }),
    makeLayer({ seed: `${SEED} last`, sizeBytes: 5000 }),
  ],
})
export const { index } = makeIndex({ children: [image] })
export const layout = layoutOf(image, practiceReference, [index])

/** Compressed for real, so that a wrong bit derails what follows. */
function squeezed(layer: MadeLayer): MadeLayer {
  const bytes = gzipSync(layer.bytes)
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
  return { ...layer, bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } }
}

function words(count: number): string {
  return Array.from(noise(`${SEED} words`, count), (byte) => 'etaoinshrdlu '[byte % 13]).join('')
}
