import { Readable } from 'node:stream'
import type { WrittenFile } from '../archive/destination-files.ts'
import { removeLeftovers } from '../library/leftovers.ts'
import { writeTarball, type WriteProgress } from '../archive/write.ts'
import type { ImageToSave } from '../plan/plan.ts'
import { verified } from '../registry/verified-stream.ts'
import type { FetchAhead } from './fetch-ahead/fetch-ahead.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { WrongBytes } from '../registry/verified-stream.ts'
import { HeldBlobDamaged, type HeldBlobs } from './held-blobs.ts'

export interface SaveParts {
  readonly fetchAhead: FetchAhead
  readonly held: HeldBlobs
  readonly folder: string
  readonly maxFileSizeBytes?: number | undefined
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
  /** Bytes that came over the line. */
  readonly onFetched?: ((bytes: number) => void) | undefined
}

/**
 * Writes one image as a tarball; each layer comes from the destination where it is there already, else from the registry,
 * and once more from there when its bytes were wrong.
 */
export async function saveImage(
  image: ImageToSave,
  parts: SaveParts,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const wrong = new Set<Digest>()
  for (;;) {
    try {
      await removeLeftovers(parts.folder, image.name)
      return await writeOnce(image, parts, signal)
    } catch (error) {
      if (error instanceof HeldBlobDamaged) {
        // The drive gave wrong bytes for a layer that should have been there: once more, without that tarball.
        parts.held.forget(error.tarball)
      } else if (error instanceof WrongBytes && !wrong.has(error.digest)) {
        // They may have been changed on this one way here.
        wrong.add(error.digest)
      } else {
        throw error
      }
    }
  }
}

async function writeOnce(
  image: ImageToSave,
  parts: SaveParts,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const { layout, name } = image
  const { held, fetchAhead, folder, maxFileSizeBytes } = parts
  const ends = new Map<Digest, number>()
  for (const { source, dataOffset, sizeBytes } of layout.members) {
    if (source.kind === 'blob') ends.set(source.descriptor.digest, dataOffset + sizeBytes)
  }
  /** What this tarball fetches and others may wait for. */
  const claimed = new Map<Digest, Descriptor>()

  const openBlob = async (descriptor: Descriptor): Promise<Readable> => {
    const stream = await held.take(descriptor, signal)
    if (stream) return stream
    claimed.set(descriptor.digest, descriptor)
    const blob = { repository: image.reference, descriptor }
    const { digest, size: sizeBytes } = descriptor
    const name = `${image.reference.registry}/${image.reference.repository}`
    const source = counted(fetchAhead.open(blob, 0, signal), parts.onFetched)
    return Readable.from(verified(source, { digest, sizeBytes, name }), {
      objectMode: true,
      highWaterMark: 4,
    })
  }
  const announce = (writtenBytes: number): void => {
    for (const [digest, { size }] of claimed) {
      const end = ends.get(digest) ?? Number.POSITIVE_INFINITY
      if (end > writtenBytes) continue
      held.written(digest, { name, offset: end - size })
      claimed.delete(digest)
    }
  }
  const expected = layout.members.flatMap(({ source }) =>
    source.kind === 'blob' ? [{ repository: image.reference, descriptor: source.descriptor }] : [],
  )
  const forget = fetchAhead.expect(expected, (digest) => !held.has(digest))
  try {
    const onProgress = (progress: WriteProgress): void => {
      announce(progress.writtenBytes)
      parts.onProgress?.(progress)
    }
    const { files } = await writeTarball(
      { layout, folder, name, maxFileSizeBytes, openBlob, onProgress },
      signal,
    )
    return files
  } catch (error) {
    for (const digest of claimed.keys()) held.abandoned(digest)
    held.forget(name)
    throw error
  } finally {
    forget()
  }
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes?.(chunk.length)
    yield chunk
  }
}
