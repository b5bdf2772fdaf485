import { AppError } from '../api/errors.ts'
import { MediaType, manifestSchema } from '../registry/manifest.ts'
import type {
  Descriptor,
  Manifest,
  Platform,
  Published,
  ResolvedImage,
} from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { END_BYTES, encodeHeader, paddingAfter } from './tar-header.ts'

/** Where every byte of a tarball lies, known before the first layer is fetched. Equal images give equal layouts. */
export interface TarballLayout {
  /** In full, as engines name the image after loading. */
  readonly reference: string
  readonly platform: Platform
  /** Digest of the platform manifest. */
  readonly digest: Digest
  readonly members: readonly LayoutMember[]
  /** Of the whole tarball, padding and end mark included. */
  readonly sizeBytes: number
}

export interface LayoutMember {
  readonly name: string
  readonly header: Uint8Array
  readonly headerOffset: number
  readonly dataOffset: number
  readonly sizeBytes: number
  readonly source: MemberSource
}

export type MemberSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly descriptor: Descriptor }

/**
 * Lays out the tarball of one image for one platform: every engine's own list first, then all small documents, then the
 * layers, so that the first bytes of a file tell what it is and where everything else must be.
 * No folders are members: docker, podman, ctr and skopeo make do without.
 */
export function layoutTarball(image: ResolvedImage, reference: string): TarballLayout {
  return layoutContents(
    { ...image, extras: image.extras.map((extra) => extra.descriptor) },
    reference,
    new Map(image.extras.map((extra) => [extra.descriptor.digest, extra.bytes])),
  )
}

/** An image whose extras are known by digest and size only: what a reader of a tarball has. */
export type ImageContents = Omit<ResolvedImage, 'extras'> & {
  readonly extras: readonly Descriptor[]
}

export function layoutContents(
  image: ImageContents,
  reference: string,
  extraBytes: ReadonlyMap<Digest, Uint8Array> = new Map(),
): TarballLayout {
  const documents: [name: string, document: unknown][] = [
    ['oci-layout', { imageLayoutVersion: '1.0.0' }],
    ['index.json', indexOf(image, reference)],
    ['manifest.json', dockerManifestOf(image, reference)],
  ]
  const contents = documents.map(([name, document]): [string, MemberSource] => [
    name,
    { kind: 'bytes', bytes: Buffer.from(JSON.stringify(document)) },
  ])
  const blobs = new Map<Digest, MemberSource>()
  const add = (descriptor: Descriptor, bytes: Uint8Array | undefined): void => {
    const earlier = blobs.get(descriptor.digest)
    const source: MemberSource =
      bytes === undefined ? { kind: 'blob', descriptor } : { kind: 'bytes', bytes }
    if (sizeOf(source) !== descriptor.size || sizeOf(earlier ?? source) !== descriptor.size) {
      throw new AppError('protocol', `${reference}: ${descriptor.digest} is listed with two sizes.`)
    }
    if (earlier === undefined) blobs.set(descriptor.digest, source)
  }
  add(image.config.descriptor, image.config.bytes)
  add(image.manifest.descriptor, image.manifest.bytes)
  for (const extra of image.extras) add(extra, extraBytes.get(extra.digest))
  for (const layer of inWrittenOrder(image)) add(layer, undefined)
  contents.push(
    ...Array.from(blobs, ([digest, source]): [string, MemberSource] => [blobPath(digest), source]),
  )

  let offset = 0
  const members = contents.map(([name, source]): LayoutMember => {
    const header = encodeHeader(name, sizeOf(source))
    const headerOffset = offset
    const dataOffset = headerOffset + header.length
    const sizeBytes = sizeOf(source)
    offset = dataOffset + sizeBytes + paddingAfter(sizeBytes)
    return { name, header, headerOffset, dataOffset, sizeBytes, source }
  })
  return {
    reference,
    platform: image.platform,
    digest: image.manifest.descriptor.digest,
    members,
    sizeBytes: offset + END_BYTES,
  }
}

/**
 * Annotation of a manifest that was made for layers out of an engine, which come in an order of the engine's own: positions
 * among the manifest's layers, each digest once, in the order in which their bytes lie in the tarball.
 */
export const LAYER_ORDER = 'ngc-replicator.layer-order'

function inWrittenOrder({ layers, manifest }: ImageContents): Descriptor[] {
  const unique = [...new Map(layers.map((layer) => [layer.digest, layer])).values()]
  const positions = parseManifest(manifest).annotations?.[LAYER_ORDER]?.split(',').map(Number) ?? []
  const chosen = positions.flatMap((position) => unique[position] ?? [])
  // Whatever stands there, each layer is written once.
  return [...new Set([...chosen, ...layers])]
}

/** OCI image specification 1.1, "Image Layout": where a blob lies, in `index.json`'s world and in Docker's. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`
}

function sizeOf(source: MemberSource): number {
  return source.kind === 'bytes' ? source.bytes.length : source.descriptor.size
}

/** One descriptor only: with a multi-platform list here, `ctr images import --all-platforms` fails. */
function indexOf(image: ImageContents, reference: string): unknown {
  const { os, architecture, variant } = image.platform
  return {
    schemaVersion: 2,
    mediaType: MediaType.ociIndex,
    manifests: [
      {
        mediaType: mediaTypeOf(image.manifest),
        digest: image.manifest.descriptor.digest,
        size: image.manifest.descriptor.size,
        // containerd takes its name from the first, podman and skopeo from the second.
        annotations: {
          'io.containerd.image.name': reference,
          'org.opencontainers.image.ref.name': reference,
        },
        platform: { architecture, os, ...(variant !== undefined && { variant }) },
      },
    ],
  }
}

/** Docker's manifests must tell their type, OCI's may: so the document itself decides. */
function mediaTypeOf(manifest: Published): string {
  return parseManifest(manifest).mediaType ?? MediaType.ociManifest
}

function parseManifest({ bytes }: Published): Manifest {
  return manifestSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
}

/** github.com/moby/docker-image-spec: `docker load` reads this. A digest is no tag: it would refuse it. */
function dockerManifestOf(image: ImageContents, reference: string): unknown {
  return [
    {
      Config: blobPath(image.config.descriptor.digest),
      RepoTags: reference.includes('@') ? null : [reference],
      Layers: image.layers.map((layer) => blobPath(layer.digest)),
    },
  ]
}
