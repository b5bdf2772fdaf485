import { AppError } from '../api/errors.ts'
import type { Registry, Repository } from './client.ts'
import type { Descriptor, Index, Published } from './manifest.ts'
import { readManifest } from './read-manifest.ts'
import type { Digest } from './reference.ts'
import { signatureTagOf } from './tag.ts'

/** Whole sets beyond this stay behind: a plan holds the documents of hundreds of images in memory. */
const MOST_CARRIED_BYTES = 4 * 1024 * 1024

/**
 * The cosign signatures of a manifest: the manifest under its signature tag, and the config and payloads it names.
 * Empty where there are none, or where they may not be read: an image does not fail for want of its signature.
 */
export async function carriedSignatures(
  registry: Registry,
  { registry: host, repository }: Repository,
  digest: Digest,
  signal?: AbortSignal,
): Promise<Published[]> {
  const tag = signatureTagOf(digest)
  try {
    const published = await registry.manifest({ registry: host, repository, tag }, signal)
    return await withDocuments(registry, { registry: host, repository }, published, signal)
  } catch (error) {
    if (error instanceof AppError && absent.has(error.code)) return []
    throw error
  }
}

const absent: ReadonlySet<string> = new Set([
  'not-found',
  'denied',
  'unauthorized',
  'unsupported',
  'protocol',
])

/** BuildKit's attestations (provenance, bill of materials) of one image of an index. */
export async function carriedAttestations(
  registry: Registry,
  { registry: host, repository }: Repository,
  index: Index,
  image: Digest,
  signal?: AbortSignal,
): Promise<Published[]> {
  const found: Published[] = []
  for (const { digest, annotations } of index.manifests) {
    if (annotations?.['vnd.docker.reference.digest'] !== image) continue
    const published = await registry.manifest({ registry: host, repository, digest }, signal)
    found.push(
      ...(await withDocuments(registry, { registry: host, repository }, published, signal)),
    )
  }
  return found
}

async function withDocuments(
  registry: Registry,
  repository: Repository,
  published: Published,
  signal?: AbortSignal,
): Promise<Published[]> {
  const read = readManifest(published, `${repository.registry}/${repository.repository}`)
  if (read.kind === 'index') return [published]
  const { config, layers } = read.manifest
  const wanted = new Map<Digest, Descriptor>()
  for (const descriptor of [config, ...layers]) wanted.set(descriptor.digest, descriptor)
  const sizeBytes = [...wanted.values()].reduce((sum, { size }) => sum + size, 0)
  if (sizeBytes > MOST_CARRIED_BYTES) return []
  const documents: Published[] = []
  for (const descriptor of wanted.values()) {
    documents.push({ descriptor, bytes: await registry.document(repository, descriptor, signal) })
  }
  return [published, ...documents]
}
