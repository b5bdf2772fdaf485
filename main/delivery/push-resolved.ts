import { AppError } from '../api/errors.ts'
import { uniqueLayers, type ImageToSave, type PresentImage } from '../plan/plan.ts'
import type { Registry } from '../registry/client.ts'
import { formatReference } from '../registry/reference.ts'
import { resolveImage } from '../registry/resolve.ts'
import type { PushableImage } from './pushable-image.ts'

/**
 * An image that goes from registry to registry: layer by layer through memory, nothing on a disk. `onFetched` is told of
 * bytes that came over the line.
 */
export function pushableFrom(
  registry: Pick<Registry, 'range'>,
  { reference, platform, image }: Pick<ImageToSave, 'reference' | 'platform' | 'image'>,
  onFetched: (bytes: number) => void,
): PushableImage {
  const { manifest, config, layers, extras } = image
  return {
    reference,
    platform,
    manifest,
    blobs: uniqueLayers([config.descriptor, ...layers]),
    extras,
    isManifestMade: false,
    async open() {
      return {
        source: (descriptor) =>
          descriptor.digest === config.descriptor.digest
            ? async function* (startByte) {
                yield config.bytes.subarray(startByte)
              }
            : (startByte, signal) =>
                registry.range(
                  reference,
                  descriptor,
                  { startByte, endByte: descriptor.size },
                  { signal, onBytes: onFetched },
                ),
        close: async () => undefined,
      }
    },
  }
}

/** The same of an image that was saved before, and is asked for once more. Throws AppError. */
export async function pushableAgain(
  registry: Registry,
  { reference, platform, digest }: PresentImage,
  onFetched: (bytes: number) => void,
  signal: AbortSignal,
): Promise<PushableImage> {
  const carry = { signatures: true, attestations: true }
  const { images } = await resolveImage(registry, reference, platform, { carry, signal })
  const image = images.find(({ manifest }) => manifest.descriptor.digest === digest)
  if (image) return pushableFrom(registry, { reference, platform, image }, onFetched)
  const name = formatReference(reference)
  throw new AppError('not-found', `${name} was saved before, and names another image by now.`, {
    hint: 'Delete its line in state.yml, and it is saved and pushed anew.',
  })
}
