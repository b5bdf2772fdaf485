import type { Published } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import type { MadeImage, MadeLayer } from './image.ts'
import type { Shelf } from './shelf.ts'

/** One repository that the sandbox offers. Images are built when they are first asked for. */
export interface SandboxRepository {
  readonly path: string
  readonly displayName: string
  readonly shortDescription?: string
  /** Markdown. */
  readonly description?: string
  readonly publisher: string
  readonly isPublic: boolean
  /** Pulling is denied until a licence is accepted; or the whole repository is not shown in this region. */
  readonly gate?: 'licence' | 'region'
  readonly tags: readonly SandboxTag[]
}

export interface SandboxTag {
  readonly tag: string
  /** ISO 8601; the catalogue leaves it out where absent. */
  readonly updated?: string
  /** A cosign signature stands beside it. */
  readonly isSigned?: boolean
  build(shelf: Shelf): BuiltImage
}

/** What a tag stands for, in full. */
export interface BuiltImage {
  /** What the tag names: a manifest or an index. */
  readonly root: Published
  /** One per platform, attestations included. */
  readonly images: readonly MadeImage[]
}

/** Every document and blob of an image by its digest. */
export function contentOf(built: BuiltImage): {
  documents: Map<Digest, Published>
  blobs: Map<Digest, Published | MadeLayer>
} {
  const documents = new Map([[built.root.descriptor.digest, built.root]])
  const blobs = new Map<Digest, Published | MadeLayer>()
  for (const image of built.images) {
    documents.set(image.manifest.descriptor.digest, image.manifest)
    blobs.set(image.config.descriptor.digest, image.config)
    for (const layer of image.layers) blobs.set(layer.descriptor.digest, layer)
  }
  return { documents, blobs }
}

/** As the catalogue counts it: compressed bytes of the layers, each digest once. */
export function compressedSize(image: MadeImage): number {
  const sizes = new Map(image.layers.map(({ descriptor }) => [descriptor.digest, descriptor.size]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
