import type { Readable } from 'node:stream'
import type { WrittenFile } from '../archive/destination-files.ts'
import { removeLeftovers } from '../library/leftovers.ts'
import { writeTarball, type WriteProgress } from '../archive/write.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Registry } from '../registry/client.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { WrongBytes } from '../registry/verified-stream.ts'
import { HeldBlobDamaged, type HeldBlobs } from './held-blobs.ts'

export interface SaveParts {
  readonly registry: Pick<Registry, 'blob'>
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
  const { held, registry, folder, maxFileSizeBytes } = parts
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
    return registry.blob(image.reference, descriptor, {
      signal,
      ...(parts.onFetched && { onBytes: parts.onFetched }),
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
  }
}
