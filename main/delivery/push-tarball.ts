import { AppError } from '../api/errors.ts'
import { ArchiveMembers } from '../archive/archive-members.ts'
import { digestOfBytes, readDocument } from '../archive/documents.ts'
import type { TarballImage } from '../archive/image.ts'
import { openTarball, type Tarball } from '../archive/parts.ts'
import { readAhead, type ReadBytes } from '../archive/read-ahead.ts'
import { digestIn } from '../archive/read-docker.ts'
import { readTarball, type ReadableTarball } from '../archive/read.ts'
import type { TarMember } from '../archive/tar-members.ts'
import { pathsOf, type TarballFiles } from '../library/tarball-files.ts'
import { manifestSchema, type Descriptor, type Published } from '../registry/manifest.ts'
import { formatPlatform } from '../registry/platform.ts'
import { parseReference, type Digest, type Reference } from '../registry/reference.ts'
import { asPublished } from './push-carried.ts'
import { makeManifest, type MadeManifest } from './push-foreign.ts'
import type { OpenBlobs, PushableImage } from './pushable-image.ts'

/**
 * The images of a tarball, whoever wrote it, one for each name. Its documents are read, and no layer of ours; of others
 * a compressed layer that nothing tells the digest of. Throws AppError `damaged`, `foreign`, `usage`, `destination`.
 */
export async function pushableIn(
  files: TarballFiles,
  signal?: AbortSignal,
): Promise<PushableImage[]> {
  const [missing] = files.missingParts
  if (files.isPartial) throw unfit('was never finished', 'Save it again.')
  if (missing !== undefined) {
    throw unfit(`lacks its part ${String(missing).padStart(3, '0')}`, 'All parts are needed.')
  }
  const tarball = await openTarball(pathsOf(files))
  try {
    const reading = await readTarball(tarball, signal)
    if (reading.status === 'foreign') {
      throw new AppError('foreign', `${files.name} is no tarball of images. ${reading.detail}`)
    }
    if (reading.status !== 'complete') {
      throw unfit(`is damaged. ${reading.detail ?? ''}`, 'Copy or save it again.')
    }
    const read = readAhead(tarball)
    const contents = { files, tarball, reading, read, archive: archiveOf(reading, read) }
    const images = []
    for (const image of reading.images) images.push(...(await describe(contents, image, signal)))
    return images
  } finally {
    await tarball.close()
  }

  function unfit(what: string, hint: string): AppError {
    return new AppError('damaged', `${files.name} ${what}`.replace(/\.?\s*$/, '.'), { hint })
  }
}

interface Contents {
  readonly files: TarballFiles
  readonly tarball: Tarball
  readonly reading: ReadableTarball
  readonly read: ReadBytes
  readonly archive: ArchiveMembers
}

function archiveOf({ members }: ReadableTarball, read: ReadBytes): ArchiveMembers {
  return new ArchiveMembers(members, read)
}

async function describe(
  contents: Contents,
  image: TarballImage,
  signal?: AbortSignal,
): Promise<PushableImage[]> {
  const { files } = contents
  if (image.references.length === 0) {
    throw new AppError('usage', `${files.name} holds an image without a name.`, {
      hint: 'Load it, give it a name with “docker tag”, and push it from there.',
    })
  }
  const { manifest, places, isMade } = await manifestOf(contents, image, signal)
  const { config, layers } = manifestSchema.parse(
    JSON.parse(Buffer.from(manifest.bytes).toString('utf8')),
  )
  const blobs = new Map([config, ...layers].map((blob) => [blob.digest, blob]))
  const known = new Set<Digest>([manifest.descriptor.digest, ...blobs.keys()])
  const common = {
    platform: image.platform === undefined ? 'unknown' : formatPlatform(image.platform),
    manifest,
    blobs: [...blobs.values()],
    extras: isMade ? [] : await extrasOf(contents, known),
    file: files.files[0] ?? files.name,
    tarball: files,
    isManifestMade: isMade,
    open: () => openBlobs(files, places),
  }
  return image.references.map((name) => ({ ...common, reference: referenceOf(name, files) }))
}

/** Docker's short names mean Docker Hub. */
function referenceOf(name: string, files: TarballFiles): Reference {
  if (!/[/:]/.test(name)) {
    throw new AppError('usage', `${files.name} holds an image that is only called “${name}”.`, {
      hint: 'Load it, give it a name with “docker tag”, and push it from there.',
    })
  }
  return parseReference(name, 'docker.io')
}

interface FoundManifest {
  readonly manifest: Published
  /** Offsets of config and layers in the tarball. */
  readonly places: ReadonlyMap<Digest, number>
  readonly isMade: boolean
}

async function manifestOf(
  { archive, read, tarball, reading }: Contents,
  image: TarballImage,
  signal?: AbortSignal,
): Promise<FoundManifest> {
  const member = image.digest && archive.blob(image.digest)
  if (image.digest && member) {
    const manifest = asPublished(await readDocument(read, member))
    if (manifest.descriptor.digest !== image.digest) {
      throw new AppError('damaged', `${member.name} in the tarball is not what its name says.`)
    }
    return { manifest, places: placesOf(archive.list), isMade: false }
  }
  const made: MadeManifest = await makeManifest(tarball, reading, image, read, signal)
  return { ...made, isMade: true }
}

function placesOf(members: readonly TarMember[]): Map<Digest, number> {
  return new Map(
    members.flatMap(({ name, type, dataOffset }): [Digest, number][] => {
      const digest = /(?:^|\/)blobs\//.test(name) && type === 'file' ? digestIn(name) : undefined
      return digest === undefined ? [] : [[digest, dataOffset]]
    }),
  )
}

/** What a document that travels along may have; indexes, signatures and attestations stay far below. */
const MOST_EXTRA_BYTES = 4 * 1024 * 1024
const MOST_EXTRAS = 1000
const MOST_EXTRAS_BYTES = 32 * 1024 * 1024

async function extrasOf(
  { archive, read, reading }: Contents,
  known: ReadonlySet<Digest>,
): Promise<Published[]> {
  const layers = new Set(
    reading.images.flatMap((image) => image.layers.map(({ member }) => member)),
  )
  const extras: Published[] = []
  let bytes = 0
  for (const member of archive.list) {
    const digest = member.name.startsWith('blobs/sha256/') ? digestIn(member.name) : undefined
    const { type, sizeBytes } = member
    if (digest === undefined || known.has(digest) || type !== 'file' || layers.has(member)) continue
    if (sizeBytes > MOST_EXTRA_BYTES || extras.length >= MOST_EXTRAS) continue
    bytes += sizeBytes
    if (bytes > MOST_EXTRAS_BYTES) break
    const document = await readDocument(read, member)
    // One that is damaged stays behind: verifying tells of it, and the image is whole without.
    if (digestOfBytes(document) === digest) extras.push(asPublished(document))
  }
  return extras
}

async function openBlobs(
  files: TarballFiles,
  places: ReadonlyMap<Digest, number>,
): Promise<OpenBlobs> {
  const tarball = await openTarball(pathsOf(files))
  return {
    source: ({ digest, size }: Descriptor) => {
      const offset = places.get(digest)
      if (offset === undefined) throw new AppError('damaged', `${files.name} lacks ${digest}.`)
      return (startByte, signal) => tarball.stream(offset + startByte, offset + size, signal)
    },
    close: () => tarball.close(),
  }
}
