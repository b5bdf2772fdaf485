import { readTarball, type TarballReading } from '../../main/archive/read.ts'
import type { ByteSource } from '../../main/archive/read-ahead.ts'
import { END_BYTES, encodeHeader, paddingAfter } from '../../main/archive/tar-header.ts'
import type { MadeImage } from '../../main/sandbox/image.ts'

/** Bytes in memory as a source to read from. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    async read(buffer, position) {
      const piece = bytes.subarray(position, position + buffer.length)
      buffer.set(piece)
      return piece.length
    },
  }
}

export function read(bytes: Uint8Array): Promise<TarballReading> {
  return readTarball(sourceOf(bytes))
}

/** A tar of files in memory; what is no bytes is written as JSON. */
export function tarOf(files: Record<string, unknown>): Buffer {
  const pieces = Object.entries(files).flatMap(([name, content]) => {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content))
    return [encodeHeader(name, bytes.length), bytes, Buffer.alloc(paddingAfter(bytes.length))]
  })
  return Buffer.concat([...pieces, Buffer.alloc(END_BYTES)])
}

/** Everything of an image by its path in an archive. */
export function blobsIn(image: MadeImage): Record<string, Uint8Array> {
  const all = [image.config, image.manifest, ...image.layers]
  return Object.fromEntries(
    all.map(({ descriptor, bytes }) => [
      descriptor.digest.replace('sha256:', 'blobs/sha256/'),
      bytes,
    ]),
  )
}
