import type { z } from 'zod'
import { AppError } from '../api/errors.ts'
import {
  indexSchema,
  manifestSchema,
  type Descriptor,
  type Published,
} from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import {
  configSchema,
  digestOfBytes,
  dockerManifestSchema,
  LARGEST_DOCUMENT_BYTES,
  parseDocument,
} from './documents.ts'
import { findHeaders } from './find-headers.ts'
import { describeConfig, namesOf } from './image.ts'
import { blobPath } from './layout.ts'
import type { ByteSource } from './read-ahead.ts'
import { digestIn } from './read-docker.ts'
import { OWN_NAMES, ownTarball, type OwnDocuments, type OwnTarball } from './read-ours.ts'
import { BLOCK_BYTES, encodeHeader, parseHeader } from './tar-header.ts'

/**
 * Rebuilds the layout of a tarball of ours whose front is damaged, so that the damage can be told exactly: documents are
 * found wherever they stand, by their contents where a header is lost, and of what is written twice one is enough.
 * Undefined when the manifest is not there, or when it is not one of ours.
 */
export async function mendOurs(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<OwnTarball | undefined> {
  try {
    return rebuild(await findDocuments(source, signal))
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** A document, with its name where it has a header of ours. */
interface FoundDocument {
  readonly name?: string
  readonly bytes: Uint8Array
}

const MOST_DOCUMENTS = 1000
const MOST_BYTES = 4 * LARGEST_DOCUMENT_BYTES

async function findDocuments(source: ByteSource, signal?: AbortSignal): Promise<FoundDocument[]> {
  const headers = await findHeaders(source, ownHeader, signal)
  const documents: FoundDocument[] = []
  let gotBytes = 0
  const take = async (start: number, end: number, name?: string): Promise<void> => {
    const length = Math.min(end, source.sizeBytes) - start
    if (length <= 0 || length > LARGEST_DOCUMENT_BYTES || gotBytes + length > MOST_BYTES) return
    gotBytes += length
    const bytes = Buffer.alloc(length)
    await source.read(bytes, start)
    documents.push(name === undefined ? { bytes: withoutZeros(bytes) } : { name, bytes })
  }
  let end = 0
  for (const { name, offset, sizeBytes } of headers.slice(0, MOST_DOCUMENTS)) {
    // Between two members lies what may be a third, without a header.
    if (offset - end > BLOCK_BYTES) await take(end + BLOCK_BYTES, offset)
    const dataOffset = offset + BLOCK_BYTES
    await take(dataOffset, dataOffset + sizeBytes, name)
    end = Math.ceil((dataOffset + sizeBytes) / BLOCK_BYTES) * BLOCK_BYTES
  }
  return documents
}

function ownHeader(block: Buffer, offset: number) {
  try {
    const { name = '', sizeBytes = 0 } = parseHeader(block) ?? {}
    const isOwn = OWN_NAMES.includes(name) || (name.startsWith('blobs/') && digestIn(name))
    if (!isOwn || Buffer.compare(encodeHeader(name, sizeBytes), block) !== 0) return undefined
    return { name, sizeBytes, offset }
  } catch {
    return undefined
  }
}

/** No document ends in a zero byte, and a member's padding is nothing else. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1)
}

function rebuild(documents: readonly FoundDocument[]): OwnTarball | undefined {
  const blobs = new Map(documents.map(({ bytes }) => [digestOfBytes(bytes), bytes]))
  const published = (digest: Digest, mediaType: string): Published | undefined => {
    const bytes = blobs.get(digest)
    return bytes && { descriptor: { mediaType, digest, size: bytes.length }, bytes }
  }
  const index = read(documents, 'index.json', indexSchema, ({ manifests }) =>
    manifests.some((listed) => namesOf(listed).length > 0),
  )
  const docker = read(documents, 'manifest.json', dockerManifestSchema)
  const listed = index?.manifests[0]
  const manifests = [...blobs].flatMap(([digest, bytes]) => {
    const parsed = parse(bytes, manifestSchema)
    return parsed ? [{ digest, parsed }] : []
  })
  const found =
    manifests.find(({ digest }) => digest === listed?.digest) ??
    manifests.find(({ parsed }) => blobs.has(parsed.config.digest))
  if (found === undefined) return undefined
  const { config: configDescriptor, layers } = found.parsed
  const manifest = published(found.digest, listed?.mediaType ?? '')
  if (configDescriptor.size > LARGEST_DOCUMENT_BYTES) return undefined
  const config = published(configDescriptor.digest, configDescriptor.mediaType)
  const parsedConfig = config && parse(config.bytes, configSchema)
  const reference = (listed && namesOf(listed)[0]) ?? docker?.[0]?.RepoTags?.[0]
  const platform = listed?.platform ?? describeConfig(parsedConfig).platform
  if (!manifest || reference === undefined || platform === undefined) return undefined
  // The bytes of a damaged one are not needed: its digest tells what they must be.
  const lost = { descriptor: configDescriptor, bytes: Buffer.alloc(configDescriptor.size) }
  const own: OwnDocuments = { reference, platform, manifest, config: config ?? lost, layers }
  const named = new Map(
    documents.flatMap(({ name, bytes }) => (name === undefined ? [] : [[name, bytes] as const])),
  )
  const mended = ownTarball(own, extrasOf(documents, own), named, parsedConfig)
  // Other programs' archives have members of these names as well, but not these bytes in them.
  const isOurs = mended.layout.members.some(
    ({ name, source }) =>
      (name === 'index.json' || name === 'manifest.json') &&
      source.kind === 'bytes' &&
      blobs.has(digestOfBytes(source.bytes)),
  )
  return isOurs ? mended : undefined
}

/** All further blobs but the layers, in the order in which they stand. */
function extrasOf(documents: readonly FoundDocument[], own: OwnDocuments): Descriptor[] {
  const { manifest, config, layers } = own
  const known = new Set(
    [manifest.descriptor, config.descriptor, ...layers].map(({ digest }) => digest),
  )
  const extras = new Map<Digest, Descriptor>()
  for (const { name, bytes } of documents) {
    const digest = name === undefined ? digestOfBytes(bytes) : digestIn(name)
    if (digest === undefined || known.has(digest) || extras.has(digest)) continue
    if (name === undefined && !isPublished(bytes)) continue
    extras.set(digest, { mediaType: '', digest, size: bytes.length })
  }
  return [...extras.values()]
}

/** Without a header only its contents can tell an index or a signature's manifest from a list of ours or a layer. */
function isPublished(bytes: Uint8Array): boolean {
  const index = parse(bytes, indexSchema)
  if (index !== undefined) return index.manifests.every((listed) => namesOf(listed).length === 0)
  return parse(bytes, manifestSchema) !== undefined
}

function read<Output>(
  documents: readonly FoundDocument[],
  wanted: string,
  schema: z.ZodType<Output>,
  isIt: (document: Output) => boolean = () => true,
): Output | undefined {
  for (const { name, bytes } of documents) {
    if (name !== undefined && name !== wanted) continue
    const parsed = parse(bytes, schema)
    if (parsed !== undefined && (name === wanted || isIt(parsed))) return parsed
  }
  return undefined
}

function parse<Output>(bytes: Uint8Array, schema: z.ZodType<Output>): Output | undefined {
  try {
    return parseDocument(blobPath(digestOfBytes(bytes)), bytes, schema)
  } catch {
    return undefined
  }
}
