import { gzipSync } from 'node:zlib'
import {
  digestOf,
  makeImage,
  makeLayer,
  noise,
  type MadeImage,
  type MadeLayer,
} from '../main/sandbox/image.ts'

const MB = 1e6

/** As NGC's images are: one big layer among many small. Sizes are before compression, which makes 2.6 of them 1. */
export function oneBigAmongMany(seed: string, totalMb: number): MadeImage {
  const small = 24
  const sizes = Array.from({ length: small }, (_, index) =>
    index === small / 2 ? totalMb * 0.7 : (totalMb * 0.3) / (small - 1),
  )
  return image(sizes.map((sizeMb, index) => compressedLayer(`${seed} ${index}`, sizeMb * MB)))
}

/** Monthly tags: four fifths are shared by all, one fifth is each month's own. */
export function monthlyTags(seed: string, months: number, totalMb: number): MadeImage[] {
  const shared = Array.from({ length: 8 }, (_, index) =>
    compressedLayer(`${seed} shared ${index}`, totalMb * 0.1 * MB),
  )
  return Array.from({ length: months }, (_, month) =>
    image([
      ...shared,
      ...[0, 1].map((index) =>
        compressedLayer(`${seed} month ${month} ${index}`, totalMb * 0.1 * MB),
      ),
    ]),
  )
}

/** A layer that costs nothing to make: what is measured is its way. */
export function plainImage(seed: string, layers: number, sizeBytes: number): MadeImage {
  return image(
    Array.from({ length: layers }, (_, index) =>
      makeLayer({ seed: `${seed} ${index}`, sizeBytes }),
    ),
  )
}

function image(layers: readonly MadeLayer[]): MadeImage {
  return makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers })
}

function compressedLayer(seed: string, sizeBytes: number): MadeLayer {
  const path = `opt/bench/${seed.replaceAll(' ', '-')}.bin`
  const files = { [path]: { bytes: compressible(seed, Math.round(sizeBytes)) } }
  const plain = makeLayer({ seed, files, compression: 'none' })
  const bytes = gzipSync(plain.bytes, { level: 1 })
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
  return { ...plain, bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } }
}

/** Of each 16 KiB six are new, the rest repeats them: gzip finds what it finds in programs and libraries. */
function compressible(seed: string, sizeBytes: number): Uint8Array {
  const fresh = 6 * 1024
  const block = 16 * 1024
  const blocks = Math.ceil(sizeBytes / block)
  const source = noise(seed, blocks * fresh)
  const bytes = new Uint8Array(blocks * block)
  for (let index = 0; index < blocks; index += 1) {
    const piece = source.subarray(index * fresh, (index + 1) * fresh)
    for (let at = 0; at < block; at += fresh) {
      bytes.set(piece.subarray(0, Math.min(fresh, block - at)), index * block + at)
    }
  }
  return bytes.subarray(0, sizeBytes)
}
