import { json, type Answer } from './answer.ts'
import type { Collection } from './collection.ts'
import { compressedSize, type SandboxRepository, type SandboxTag } from './repository.ts'

/** One repository, flat. */
export function repositoryAnswer(collection: Collection, repository: SandboxRepository): Answer {
  const latest = latestTag(repository)
  const platforms = latest ? platformsOf(collection, latest) : []
  return ok({
    name: repository.path.split('/').at(-1),
    namespace: namespaceOf(repository),
    displayName: repository.displayName,
    shortDescription: repository.shortDescription,
    description: repository.description,
    publisher: repository.publisher,
    labels: ['sandbox'],
    isPublic: repository.isPublic,
    canGuestPull: repository.isPublic && repository.gate === undefined,
    isMultiArchitecture: platforms.length > 1,
    hasSignedTag: repository.tags.some(({ isSigned }) => isSigned),
    latestTag: latest?.tag,
    latestImageSize: platforms[0]?.compressedSize,
    updatedDate: latest?.updated,
    tags: repository.tags.map(({ tag }) => tag),
    latestArchitectureVariants: platforms,
  })
}

/** `/v2/org/{org}/repos`: the org's own, and all public ones where they are included. */
export function listAnswer(collection: Collection, org: string, url: URL): Answer {
  const includes = (name: string) => url.searchParams.get(name) === 'true'
  const repositories = collection.repositories.filter((repository) => {
    const [owner, ...rest] = repository.path.split('/')
    if (owner === org) return rest.length === 1 || includes('include-teams')
    return repository.isPublic && includes('include-public')
  })
  return ok({
    repositories: repositories.map((repository) => ({
      name: repository.path.split('/').at(-1),
      namespace: namespaceOf(repository),
      description: repository.shortDescription,
      isPublic: repository.isPublic,
      isReadOnly: repository.path.split('/')[0] !== org,
    })),
  })
}

/** `…/images`: newest first, a page at a time; the key is absent where there are none. */
export function imagesAnswer(
  collection: Collection,
  repository: SandboxRepository,
  url: URL,
): Answer {
  const sorted = newestFirst(repository)
  const { index, size, entries, totalPages } = pageOf(sorted, url.searchParams, MOST_IMAGES)
  const images = entries.map((tag) => {
    const variants = platformsOf(collection, tag)
    return {
      tag: tag.tag,
      updatedDate: tag.updated,
      size: variants[0]?.compressedSize,
      isSigned: tag.isSigned === true,
      architectureVariants: variants,
    }
  })
  return ok({
    ...(images.length > 0 && { images }),
    paginationInfo: { index, size, totalPages, totalResults: sorted.length },
  })
}

/** The tag that was pushed last. */
export function latestTag(repository: SandboxRepository): SandboxTag | undefined {
  return newestFirst(repository)[0]
}

export interface PlatformAnswer {
  readonly architecture: string
  readonly os: string
  readonly digest: string
  readonly compressedSize: number
}

export function platformsOf(collection: Collection, tag: SandboxTag): PlatformAnswer[] {
  return collection.build(tag).images.map((image) => ({
    architecture: image.platform.architecture,
    os: image.platform.os,
    digest: image.manifest.descriptor.digest,
    compressedSize: compressedSize(image),
  }))
}

export function ok(fields: object): Answer {
  return json(200, { requestStatus: { statusCode: 'SUCCESS' }, ...fields })
}

export function refuse(status: number, statusDescription?: string): Answer {
  const names: Readonly<Record<number, string>> = {
    400: 'INVALID_REQUEST',
    401: 'UNAUTHORIZED',
    403: 'ACCESS_DENIED',
    404: 'NOT_FOUND',
    405: 'INVALID_REQUEST',
  }
  return json(status, {
    requestStatus: { statusCode: names[status] ?? 'ERROR', statusDescription },
  })
}

/** Few to a page, so that twenty repositories and fifty tags already need several. */
const MOST_IMAGES = 25

function pageOf<Entry>(
  all: readonly Entry[],
  query: URLSearchParams,
  most: number,
): { index: number; size: number; totalPages: number; entries: readonly Entry[] } {
  const index = wholeNumber(query.get('page-number'), 0)
  const size = Math.max(1, Math.min(most, wholeNumber(query.get('page-size'), most)))
  const entries = all.slice(index * size, (index + 1) * size)
  return { index, size, totalPages: Math.ceil(all.length / size), entries }
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : otherwise
}

function newestFirst(repository: SandboxRepository): SandboxTag[] {
  return repository.tags.toSorted((a, b) => (b.updated ?? '').localeCompare(a.updated ?? ''))
}

function namespaceOf(repository: SandboxRepository): string {
  return repository.path.split('/').slice(0, -1).join('/')
}
