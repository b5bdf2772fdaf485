import { AppError } from '../api/errors.ts'
import {
  indexSchema,
  manifestSchema,
  type Descriptor,
  type Platform,
  type Published,
} from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import {
  configSchema,
  digestOfBytes,
  dockerManifestSchema,
  parseDocument,
  readDocument,
  type ImageConfig,
} from './documents.ts'
import { describeConfig, layerAt, namesOf, type TarballImage } from './image.ts'
import { blobPath, layoutContents, type LayoutMember, type TarballLayout } from './layout.ts'
import { readAhead, type ByteSource } from './read-ahead.ts'
import { digestIn } from './read-docker.ts'
import { walkMembers, type TarMember } from './tar-members.ts'

/** A tarball of ours: where every byte of it must lie, and what it holds. */
export interface OwnTarball {
  readonly layout: TarballLayout
  readonly image: TarballImage
  readonly members: readonly TarMember[]
  /** By the config; `index.json` may know better. */
  readonly configPlatform: Platform | undefined
  /** The first document that is not, byte for byte, what the others make it; undefined when all are. */
  readonly odd: string | undefined
}

/**
 * Rebuilds the layout of a tarball of ours from its first bytes: all documents come before the layers, and they tell the
 * size and place of everything else, so no further byte is read. Undefined when it is not one of ours, or when its
 * documents are too damaged to tell.
 */
export async function readOurs(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<OwnTarball | undefined> {
  try {
    return await rebuild(source, signal)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

const MOST_EXTRAS = 1000
export const OWN_NAMES: readonly string[] = ['oci-layout', 'index.json', 'manifest.json']

/** Whether the first members are ours, which nobody else puts in this order. */
export function looksLikeOurs(members: readonly TarMember[]): boolean {
  return OWN_NAMES.every((name, position) => members[position]?.name === name)
}

async function rebuild(source: ByteSource, signal?: AbortSignal): Promise<OwnTarball | undefined> {
  const read = readAhead(source)
  const walk = walkMembers(source, signal, read)
  const head: TarMember[] = []
  const bytes = new Map<string, Uint8Array>()
  for (let count = 0; count < 5; count += 1) {
    const next = await walk.next()
    if (next.done === true) return undefined
    const wanted = OWN_NAMES[count]
    if (wanted !== undefined && next.value.name !== wanted) return undefined
    head.push(next.value)
    bytes.set(next.value.name, await readDocument(read, next.value))
  }
  const documents = describe(bytes)
  if (documents === undefined) return undefined
  const layers = new Map(documents.layers.map((layer) => [blobPath(layer.digest), layer]))
  const extras: Descriptor[] = []
  while (head.length < MOST_EXTRAS) {
    const next = await walk.next()
    if (next.done === true) {
      // Which blobs should follow is known only where a header says so.
      if (next.value.kind === 'damaged') return undefined
      break
    }
    if (layers.has(next.value.name)) break
    const digest = digestIn(next.value.name)
    if (digest === undefined) return undefined
    head.push(next.value)
    extras.push({ mediaType: '', digest, size: next.value.sizeBytes })
  }
  const config = parseDocument('config', documents.config.bytes, configSchema)
  return ownTarball(documents, extras, bytes, config)
}

/** `bytes` are those of the documents, by name, as they stand there. */
export function ownTarball(
  documents: OwnDocuments,
  extras: readonly Descriptor[],
  bytes: ReadonlyMap<string, Uint8Array>,
  parsedConfig: ImageConfig | undefined,
): OwnTarball {
  const { manifest, config } = documents
  const layout = layoutContents({ ...documents, extras }, documents.reference)
  const odd = layout.members.find(
    ({ source: expected, name }) =>
      expected.kind === 'bytes' &&
      Buffer.compare(expected.bytes, bytes.get(name) ?? Buffer.alloc(0)) !== 0,
  )
  const members = layout.members.map(asTarMember)
  const described = describeConfig(parsedConfig)
  const byName = new Map(members.map((member) => [member.name, member]))
  return {
    layout,
    odd: odd?.name,
    members,
    configPlatform: described.platform,
    image: {
      ...described,
      references: [documents.reference],
      digest: manifest.descriptor.digest,
      configDigest: config.descriptor.digest,
      platform: documents.platform,
      layers: documents.layers.map((layer) => layerAt(layer, byName.get(blobPath(layer.digest)))),
      missing: [],
    },
  }
}

export type OwnDocuments = Omit<Parameters<typeof layoutContents>[0], 'extras'> & {
  readonly reference: string
}

/** What the five documents tell together; undefined where they are not of our making. Throws where they are damaged. */
function describe(bytes: ReadonlyMap<string, Uint8Array>): OwnDocuments | undefined {
  const get = (name: string): Uint8Array => bytes.get(name) ?? new Uint8Array()
  const { manifests } = parseDocument('index.json', get('index.json'), indexSchema)
  const docker = parseDocument('manifest.json', get('manifest.json'), dockerManifestSchema)
  const [listed] = manifests
  if (listed?.platform === undefined || manifests.length !== 1 || docker.length !== 1)
    return undefined
  const published = (digest: Digest, mediaType: string): Published => {
    const document = get(blobPath(digest))
    if (digestOfBytes(document) !== digest) throw new AppError('damaged', 'A document is damaged.')
    return { descriptor: { mediaType, digest, size: document.length }, bytes: document }
  }
  const manifest = published(listed.digest, listed.mediaType)
  const parsed = parseDocument('manifest', manifest.bytes, manifestSchema)
  const reference = agreed([
    ...namesOf(listed),
    ...(docker[0]?.RepoTags ?? []),
    listed.annotations?.['org.opencontainers.image.ref.name'],
  ])
  if (reference === undefined) return undefined
  return {
    reference,
    platform: listed.platform,
    manifest,
    config: published(parsed.config.digest, parsed.config.mediaType),
    layers: parsed.layers,
  }
}

/** The name is written three times: what two of them say. */
function agreed(names: readonly (string | undefined)[]): string | undefined {
  return names.find(
    (name, position) => name !== undefined && names.indexOf(name, position + 1) >= 0,
  )
}

function asTarMember({ name, headerOffset, dataOffset, sizeBytes }: LayoutMember): TarMember {
  return { name, linkName: '', type: 'file', headerOffset, dataOffset, sizeBytes }
}
