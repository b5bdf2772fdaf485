import { isDigest } from '../registry/reference.ts'
import { json, type Answer } from './answer.ts'
import type { SignedAddresses } from './blob-service.ts'
import type { Collection } from './collection.ts'
import type { SandboxSettings } from './faults.ts'
import type { Question, Service } from './listener.ts'
import { registryError } from './registry-error.ts'
import { giveRegistryToken, type RegistryGrant } from './registry-token.ts'
import type { SandboxRepository } from './repository.ts'
import { tagsAnswer } from './tags-answer.ts'
import type { Tokens } from './tokens.ts'

export interface RegistryParts {
  readonly collection: Collection
  readonly tokens: Tokens<RegistryGrant>
  readonly settings: SandboxSettings
  readonly addresses: SignedAddresses
  /** This service's own origin, and authn's: the realms of its challenges. */
  readonly origin: URL
  readonly auth: URL
}

/** nvcr.io: tokens, manifests, tags, and addresses of blobs. */
export function registryService(parts: RegistryParts): Service {
  return (question) => {
    const { url, method } = question
    if (url.pathname === '/proxy_auth') return giveRegistryToken(parts, question)
    if (!url.pathname.startsWith('/v2')) return registryError(404, 'NOT_FOUND')
    const [, path, kind, reference] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(url.pathname) ?? []
    const grant = parts.tokens.read(question.authorization)
    if (!grant || (path !== undefined && grant.path !== path))
      return challenge(parts, question, path)
    if (path === undefined || kind === undefined || reference === undefined) {
      return /^\/v2\/?$/.test(url.pathname) ? json(200, {}) : registryError(404, 'NOT_FOUND')
    }
    if (method !== 'GET' && method !== 'HEAD') return registryError(405, 'UNSUPPORTED')
    const repository = parts.collection.find(path)
    if (!repository) return registryError(404, 'NAME_UNKNOWN')
    const denied = refusal(repository, grant)
    if (denied) return denied
    if (kind === 'manifests') return manifest(parts, question, repository, reference)
    if (kind === 'tags') return tagsAnswer(parts.collection, repository, url)
    return blobAddress(parts, repository, reference)
  }
}

/** Without `service`, and asking for more than a guest may have. A token that ended is sent elsewhere: the trap. */
function challenge(parts: RegistryParts, question: Question, path: string | undefined): Answer {
  const scope = path === undefined ? '' : `,scope="repository:${path}:pull,push"`
  const header =
    question.authorization === undefined
      ? `Bearer realm="${parts.origin.origin}/proxy_auth"${scope}`
      : `Bearer realm="${parts.auth.origin}/token",service="registry"${scope},error="invalid_token"`
  return registryError(401, 'UNAUTHORIZED', 'authentication required', {
    'www-authenticate': header,
  })
}

function refusal(repository: SandboxRepository, grant: RegistryGrant): Answer | undefined {
  if (repository.gate === 'region') return { status: 451 }
  if (repository.gate === 'licence') {
    return registryError(403, 'DENIED', 'The terms of use have to be accepted first')
  }
  const mayPull = repository.isPublic ? grant.by !== 'narrow' : grant.by !== 'guest'
  return mayPull
    ? undefined
    : registryError(403, 'DENIED', 'requested access to the resource is denied')
}

function manifest(
  { collection }: RegistryParts,
  { accept }: Question,
  repository: SandboxRepository,
  reference: string,
): Answer {
  const found = collection.document(repository, reference)
  if (!found) return registryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
  const { mediaType, digest } = found.descriptor
  // As the reference implementation does; schema 1 is served to everyone, for want of anything else.
  if (
    !mediaType.includes('.v1+prettyjws') &&
    !/\*\/\*/.test(accept) &&
    !accept.includes(mediaType)
  ) {
    return registryError(404, 'MANIFEST_UNKNOWN', `accept header does not support ${mediaType}`)
  }
  return {
    status: 200,
    headers: { 'content-type': mediaType, 'docker-content-digest': digest },
    body: found.bytes,
  }
}

/** 307 to a signed address on another host. */
function blobAddress(parts: RegistryParts, repository: SandboxRepository, digest: string): Answer {
  const isKnown = isDigest(digest) && parts.collection.hasBlob(repository, digest)
  if (!isKnown) return registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
  const location = parts.addresses.sign(
    repository.path,
    digest,
    parts.settings.signedAddressSeconds,
  )
  return { status: 307, headers: { location: location.href, 'docker-content-digest': digest } }
}
