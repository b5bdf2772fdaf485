import { z } from 'zod'
import { digestOfBytes } from '../archive/documents.ts'
import { MediaType, type Index, type Manifest, type Published } from '../registry/manifest.ts'
import { readManifest } from '../registry/read-manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { signatureTagOf } from '../registry/tag.ts'

/** A manifest that travels along with all that it names. */
export interface CarriedManifest {
  readonly manifest: Published
  readonly blobs: readonly Published[]
}

export interface CarriedIndex {
  readonly published: Published
  readonly index: Index
}

/** The index among carried documents that lists an image. */
export function carriedIndex(
  extras: readonly Published[],
  image: Digest,
): CarriedIndex | undefined {
  for (const published of extras) {
    const index = indexTypes.has(published.descriptor.mediaType) && readIndex(published)
    if (index && index.manifests.some(({ digest }) => digest === image)) return { published, index }
  }
  return undefined
}

const indexTypes: ReadonlySet<string> = new Set([MediaType.ociIndex, MediaType.dockerList])

function readIndex(published: Published): Index | undefined {
  try {
    const read = readManifest(published, 'The index')
    return read.kind === 'index' ? read.index : undefined
  } catch {
    return undefined
  }
}

/** BuildKit's attestations among carried documents: what the index of an image lists beside images. */
export function carriedAttestations(
  extras: readonly Published[],
  image: Digest,
): CarriedManifest[] {
  const children = carriedIndex(extras, image)?.index.manifests ?? []
  return children.flatMap(({ digest }) => carriedManifest(extras, digest) ?? [])
}

/** A manifest of that digest with its blobs; undefined unless all of it is there. */
function carriedManifest(
  extras: readonly Published[],
  digest: Digest,
): CarriedManifest | undefined {
  const manifest = extras.find(({ descriptor }) => descriptor.digest === digest)
  const parsed = manifest && readImageManifest(manifest)
  if (!manifest || !parsed) return undefined
  const digests = new Set([parsed.config, ...parsed.layers].map((blob) => blob.digest))
  const blobs = extras.filter(({ descriptor }) => digests.has(descriptor.digest))
  return blobs.length === digests.size ? { manifest, blobs } : undefined
}

/**
 * The cosign signatures among carried documents, by the tag they belong under. What a signature is for stands in its
 * payload: github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md.
 */
export function carriedSignatures(extras: readonly Published[]): Map<string, CarriedManifest> {
  const found = new Map<string, CarriedManifest>()
  for (const published of extras) {
    const layers = readImageManifest(published)?.layers ?? []
    const layer = layers.find(({ mediaType }) => mediaType === SIMPLE_SIGNING)
    const carried = layer && carriedManifest(extras, published.descriptor.digest)
    const payload = carried?.blobs.find(({ descriptor }) => descriptor.digest === layer?.digest)
    const signed = payload && signedDigest(payload.bytes)
    if (carried && signed !== undefined) found.set(signatureTagOf(signed), carried)
  }
  return found
}

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json'

const payloadSchema = z.object({
  critical: z.object({
    image: z.object({
      'docker-manifest-digest': z.custom<Digest>(
        (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
      ),
    }),
  }),
})

function signedDigest(bytes: Uint8Array): Digest | undefined {
  const parsed = payloadSchema.safeParse(jsonOf(bytes))
  return parsed.data?.critical.image['docker-manifest-digest']
}

function readImageManifest(published: Published): Manifest | undefined {
  if (!manifestTypes.has(published.descriptor.mediaType)) return undefined
  try {
    const read = readManifest(published, 'The manifest')
    return read.kind === 'manifest' ? read.manifest : undefined
  } catch {
    return undefined
  }
}

const manifestTypes: ReadonlySet<string> = new Set([
  MediaType.ociManifest,
  MediaType.dockerManifest,
])

const typeSchema = z.object({
  mediaType: z.string().optional(),
  layers: z.unknown().optional(),
  manifests: z.unknown().optional(),
})

/** A document out of a tarball, which tells no media types: the document itself does, or its shape. */
export function asPublished(bytes: Uint8Array): Published {
  const { data } = typeSchema.safeParse(jsonOf(bytes))
  const shape = data?.manifests
    ? MediaType.ociIndex
    : data?.layers
      ? MediaType.ociManifest
      : 'application/octet-stream'
  const mediaType = data?.mediaType ?? shape
  return { descriptor: { mediaType, digest: digestOfBytes(bytes), size: bytes.length }, bytes }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
