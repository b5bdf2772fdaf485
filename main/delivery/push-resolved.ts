import { uniqueLayers } from '../plan/plan.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Registry } from '../registry/client.ts'
import type { PushableImage } from './pushable-image.ts'

/**
 * An image that goes from registry to registry: layer by layer through memory, nothing on a disk. `onFetched` is told of
 * bytes that came over the line.
 */
export function pushableFrom(
  registry: Pick<Registry, 'range'>,
  { reference, platform, image }: ImageToSave,
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
