import type { WrittenFile } from '../archive/destination-files.ts'
import { configSchema, parseDocument } from '../archive/documents.ts'
import { describeConfig } from '../archive/image.ts'
import type { ImageToSave } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import type { LibraryImage } from './inventory.ts'

/** What the inventory would say of a tarball that was just written, without reading it. */
export function savedImage(
  { name, reference, platform, digest, sizeBytes, image }: ImageToSave,
  files: readonly WrittenFile[],
): LibraryImage {
  const config = describeConfig(parseDocument('config', image.config.bytes, configSchema))
  const isInParts = files.some((file) => file.name !== name)
  return {
    file: name,
    ...(isInParts && { files: files.map((file) => file.name) }),
    reference: formatReference(reference),
    digest,
    platform,
    sizeBytes,
    created: config.created ?? null,
    layers: image.layers.map((layer) => ({ digest: layer.digest, sizeBytes: layer.size })),
    env: config.env,
    labels: config.labels,
    status: 'complete',
  }
}
