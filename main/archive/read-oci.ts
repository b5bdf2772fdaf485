import { AppError } from '../api/errors.ts'
import { indexSchema, manifestSchema, MediaType, type Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import type { ArchiveMembers } from './archive-members.ts'
import { configSchema, dockerManifestSchema } from './documents.ts'
import { describeConfig, layerAt, namesOf, type TarballImage } from './image.ts'
import { blobPath } from './layout.ts'
import type { TarMember } from './tar-members.ts'

/**
 * The images of an archive with `index.json`: OCI's own, `docker save` since version 25, and ours. Lists within lists are
 * followed; of their platforms those that are there count. Signatures and attestations are no images.
 * Throws AppError `damaged`.
 */
export async function readOci(archive: ArchiveMembers, index: TarMember): Promise<TarballImage[]> {
  const { manifests } = await archive.document(index, indexSchema)
  const tags = await dockerTags(archive)
  const found = new Map<Digest, TarballImage>()
  let visits = 0

  const visit = async (
    descriptor: Descriptor,
    names: readonly string[],
    depth: number,
  ): Promise<void> => {
    visits += 1
    if (visits > MOST_MANIFESTS || depth > DEEPEST) {
      throw new AppError('damaged', 'The tarball lists too many manifests.')
    }
    const own = namesOf(descriptor)
    const references = own.length > 0 ? own : names
    if (indexTypes.has(descriptor.mediaType)) {
      await visitChildren(descriptor, references, depth)
    } else if (manifestTypes.has(descriptor.mediaType) && !isAttestation(descriptor)) {
      const image = await readImage(archive, descriptor, references, tags)
      if (image === undefined) return
      const earlier = found.get(descriptor.digest)
      const all = new Set([...(earlier?.references ?? []), ...image.references])
      found.set(descriptor.digest, { ...image, references: [...all] })
    }
  }
  const visitChildren = async (
    list: Descriptor,
    names: readonly string[],
    depth: number,
  ): Promise<void> => {
    const inner = await archive.blobDocument(list.digest, indexSchema)
    const present = inner?.manifests.filter(({ digest }) => archive.blob(digest)) ?? []
    if (present.length === 0) {
      found.set(list.digest, missingImage(list, names))
    }
    for (const child of present) await visit(child, names, depth + 1)
  }
  for (const descriptor of manifests) await visit(descriptor, [], 0)
  return [...found.values()]
}

const MOST_MANIFESTS = 4096
const DEEPEST = 4

const indexTypes = new Set<string>([MediaType.ociIndex, MediaType.dockerList])
const manifestTypes = new Set<string>([MediaType.ociManifest, MediaType.dockerManifest])
const imageConfigTypes = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  'application/octet-stream',
])

/** RepoTags of Docker's own list, by config: since version 25 `index.json` may tell a tag only. */
async function dockerTags(archive: ArchiveMembers): Promise<Map<string, readonly string[]>> {
  const member = archive.find('manifest.json')
  if (member === undefined) return new Map()
  const entries = await archive.document(member, dockerManifestSchema)
  return new Map(entries.map((entry) => [entry.Config, entry.RepoTags ?? []]))
}

async function readImage(
  archive: ArchiveMembers,
  descriptor: Descriptor,
  names: readonly string[],
  tags: ReadonlyMap<string, readonly string[]>,
): Promise<TarballImage | undefined> {
  const manifest = await archive.blobDocument(descriptor.digest, manifestSchema)
  if (manifest === undefined) return missingImage(descriptor, names)
  if (!imageConfigTypes.has(manifest.config.mediaType)) return undefined
  const config = await archive.blobDocument(manifest.config.digest, configSchema)
  const told = tags.get(blobPath(manifest.config.digest)) ?? []
  const described = describeConfig(config)
  const layers = manifest.layers.map((layer) => layerAt(layer, archive.blob(layer.digest)))
  const wrong = manifest.layers.find(
    ({ digest, size }) => (archive.blob(digest)?.sizeBytes ?? size) !== size,
  )
  if (wrong !== undefined) {
    throw new AppError('damaged', `${blobPath(wrong.digest)} in the tarball has the wrong length.`)
  }
  const missing = manifest.layers
    .map(({ digest }) => digest)
    .filter((digest) => archive.blob(digest) === undefined)
  return {
    ...described,
    // A bare tag says less than Docker's own list.
    references:
      told.length > 0 && names.every((name) => !name.includes('/'))
        ? told
        : [...new Set([...names, ...told])],
    digest: descriptor.digest,
    configDigest: manifest.config.digest,
    ...(descriptor.platform && { platform: descriptor.platform }),
    layers,
    missing: [...(config === undefined ? [manifest.config.digest] : []), ...new Set(missing)],
  }
}

/** docs.docker.com/build/metadata/attestations/attestation-storage */
function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] !== undefined || platform?.os === 'unknown'
}

function missingImage(descriptor: Descriptor, references: readonly string[]): TarballImage {
  return {
    ...describeConfig(undefined),
    references,
    digest: descriptor.digest,
    ...(descriptor.platform && { platform: descriptor.platform }),
    layers: [],
    missing: [descriptor.digest],
  }
}
