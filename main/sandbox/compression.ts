import { crc32 } from 'node:zlib'

/**
 * Gzip (RFC 1952) of stored blocks only. Generated layers are incompressible, so nothing is lost, it is as quick as a
 * copy, and the bytes do not depend on which zlib this process was built with: the terminal's Node and Electron's must
 * publish the same digests.
 */
export function gzipStored(data: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)]
  for (const [block, isLast] of blocks(data, 0xffff)) {
    const header = Buffer.alloc(5) // RFC 1951, 3.2.4
    header.writeUInt8(isLast ? 1 : 0, 0)
    header.writeUInt16LE(block.length, 1)
    header.writeUInt16LE(~block.length & 0xffff, 3)
    pieces.push(header, block)
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(data), 0)
  trailer.writeUInt32LE(data.length % 2 ** 32, 4)
  pieces.push(trailer)
  return Buffer.concat(pieces)
}

/** Zstandard (RFC 8878) of raw blocks only: the same reasons, and Node 20 has no zstd of its own. */
export function zstdStored(data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(13)
  head.writeUInt32LE(0xfd2fb528, 0)
  head.writeUInt8(0b1110_0000, 4) // 8 bytes of content size, a single segment, no checksum
  head.writeBigUInt64LE(BigInt(data.length), 5)
  const pieces: Uint8Array[] = [head]
  for (const [block, isLast] of blocks(data, 128 * 1024)) {
    const header = Buffer.alloc(3)
    header.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3)
    pieces.push(header, block)
  }
  return Buffer.concat(pieces)
}

function* blocks(data: Uint8Array, size: number): Generator<[block: Uint8Array, isLast: boolean]> {
  for (let at = 0; at === 0 || at < data.length; at += size) {
    yield [data.subarray(at, at + size), at + size >= data.length]
  }
}
