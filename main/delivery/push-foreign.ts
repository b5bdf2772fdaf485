import { AppError } from '../api/errors.ts'
import { readDocument } from '../archive/documents.ts'
import type { TarballImage, TarballLayer } from '../archive/image.ts'
import type { Tarball } from '../archive/parts.ts'
import type { ReadBytes } from '../archive/read-ahead.ts'
import { digestIn } from '../archive/read-docker.ts'
import type { ReadableTarball } from '../archive/read.ts'
import { MediaType, type Descriptor, type Published } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { createHasher } from '../registry/verified-stream.ts'
import { asPublished } from './push-carried.ts'

export interface MadeManifest {
  readonly manifest: Published
  /** Offsets of config and layers in the tarball. */
  readonly places: ReadonlyMap<Digest, number>
}

/**
 * A manifest for what `docker save` wrote before version 25: config and layers without one. The image stays the same, by
 * its config; the digest is not the publisher's, who compressed the layers. Equal tarballs give equal manifests.
 * Docker's own schema 2, because the config is Docker's, and every registry takes it.
 */
export async function makeManifest(
  tarball: Tarball,
  { members }: ReadableTarball,
  image: TarballImage,
  read: ReadBytes,
  signal?: AbortSignal,
): Promise<MadeManifest> {
  const { configDigest } = image
  const config = members.find(
    ({ name, type }) => type === 'file' && digestIn(name) === configDigest,
  )
  if (configDigest === undefined || config === undefined) {
    throw new AppError('damaged', 'An image in the tarball has a config without a digest.')
  }
  const bytes = await readDocument(read, config)
  const places = new Map([[configDigest, config.dataOffset]])
  const layers: Descriptor[] = []
  for (const layer of image.layers) {
    const { descriptor, offset } = await describeLayer(tarball, layer, signal)
    places.set(descriptor.digest, offset)
    layers.push(descriptor)
  }
  const document = {
    schemaVersion: 2,
    mediaType: MediaType.dockerManifest,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: bytes.length,
      digest: configDigest,
    },
    layers,
  }
  return { manifest: asPublished(Buffer.from(JSON.stringify(document))), places }
}

const LAYER = 'application/vnd.docker.image.rootfs.diff.tar'

async function describeLayer(
  tarball: Tarball,
  { digest, member }: TarballLayer,
  signal?: AbortSignal,
): Promise<{ descriptor: Descriptor; offset: number }> {
  if (digest === undefined || member === undefined) {
    throw new AppError('damaged', 'The config in the tarball does not tell of all layers.')
  }
  const { dataOffset: offset, sizeBytes: size } = member
  const magic = Buffer.alloc(2)
  await tarball.read(magic, offset)
  // The config tells the digests of unpacked layers. Others than docker write them packed.
  if (magic.toString('hex') !== '1f8b') {
    return { descriptor: { mediaType: LAYER, size, digest }, offset }
  }
  const hasher = createHasher()
  for await (const chunk of tarball.stream(offset, offset + size, signal)) {
    await hasher.update(chunk as Uint8Array)
  }
  const packed: Digest = `sha256:${await hasher.digest()}`
  return { descriptor: { mediaType: `${LAYER}.gzip`, size, digest: packed }, offset }
}
