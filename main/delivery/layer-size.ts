import { compressionAt } from '../archive/compression.ts'
import type { TarballLayer } from '../archive/image.ts'
import type { ByteSource } from '../archive/read-ahead.ts'

/** A layer as its first and last bytes tell of it. */
export interface LayerSize {
  readonly compression: 'none' | 'gzip' | 'zstd'
  /** Of the layer's tar once it is unpacked; an estimate where the layer does not tell. */
  readonly unpackedBytes: number
}

/**
 * Reads how a layer is compressed and how large it is unpacked: a gzip stream ends in the size of what is in it, modulo
 * 2^32 (RFC 1952, ISIZE). Where that cannot be, because the layer is larger or is several streams, it is estimated.
 */
export async function readLayerSize(
  source: ByteSource,
  { member, sizeBytes }: TarballLayer,
): Promise<LayerSize> {
  if (member === undefined || sizeBytes < 18) {
    return { compression: 'none', unpackedBytes: sizeBytes }
  }
  const compression = (await compressionAt(source, member.dataOffset)) ?? 'none'
  const estimateBytes = Math.round(sizeBytes * USUAL_RATIO)
  if (compression === 'zstd') return { compression, unpackedBytes: estimateBytes }
  if (compression === 'none') return { compression, unpackedBytes: sizeBytes }
  const trailer = Buffer.alloc(4)
  await source.read(trailer, member.dataOffset + sizeBytes - trailer.length)
  const told = trailer.readUInt32LE()
  // What does not compress grows a little.
  const isPlausible = told > sizeBytes * 0.99 - 1024 && estimateBytes < 2 ** 32
  return { compression, unpackedBytes: isPlausible ? told : estimateBytes }
}

/** 459 MB of layers of a framework image unpack to 1200 MB. */
const USUAL_RATIO = 2.6
