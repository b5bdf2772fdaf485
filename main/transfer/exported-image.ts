import { createHash } from 'node:crypto'
import { AppError } from '../api/errors.ts'
import type { TarballImage } from '../archive/image.ts'
import { LAYER_ORDER } from '../archive/layout.ts'
import { MediaType, type Descriptor, type ResolvedImage } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'

/**
 * An image as an engine exports it, to be laid out as ours: its config as published, its layers unpacked, since Docker does
 * not keep them as they were, and a manifest made for these. Signatures are left out: they are of the published manifest.
 * Pure. Throws AppError `protocol` when it is another image than the planned one.
 */
export function exportedImage(
  planned: ResolvedImage,
  exported: TarballImage,
): {
  readonly resolved: ResolvedImage
  /** Where each layer begins in the export. */
  readonly offsets: ReadonlyMap<Digest, number>
} {
  if (exported.configDigest !== planned.config.descriptor.digest) throw anotherImage()
  if (exported.layers.length !== planned.layers.length) throw anotherImage()
  const offsets = new Map<Digest, number>()
  const layers = exported.layers.map(({ digest, sizeBytes, member }, position): Descriptor => {
    if (digest === undefined || member === undefined) throw anotherImage()
    offsets.set(digest, member.dataOffset)
    const published = planned.layers[position]
    // Docker with containerd's store keeps layers as they were published.
    if (published?.digest === digest) return published
    if (exported.diffIds[position] !== digest) throw anotherImage()
    return { mediaType: UNPACKED, digest, size: sizeBytes }
  })
  const config = { ...planned.config.descriptor, mediaType: CONFIG }
  const unique = [...new Set(layers.map(({ digest }) => digest))]
  const order = unique
    .map((_, position) => position)
    .toSorted((a, b) => offsetOf(unique[a]) - offsetOf(unique[b]))
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config,
      layers,
      annotations: { [LAYER_ORDER]: order.join(',') },
    }),
  )
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  return {
    offsets,
    resolved: {
      platform: planned.platform,
      manifest: {
        descriptor: { mediaType: MediaType.ociManifest, digest, size: bytes.length },
        bytes,
      },
      config: { descriptor: config, bytes: planned.config.bytes },
      layers,
      extras: [],
    },
  }

  function offsetOf(layer: Digest | undefined): number {
    return (layer && offsets.get(layer)) ?? 0
  }
}

const UNPACKED = 'application/vnd.oci.image.layer.v1.tar'
const CONFIG = 'application/vnd.oci.image.config.v1+json'

function anotherImage(): AppError {
  return new AppError(
    'protocol',
    'The engine holds another image under this name than was planned.',
    {
      hint: 'Try again, or fetch from the registry, which does without the engine.',
    },
  )
}
