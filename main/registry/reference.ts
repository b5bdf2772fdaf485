import { AppError } from '../api/errors.ts'

/**
 * A parsed image reference: `nvcr.io/nvidia/pytorch:24.01-py3`.
 * Exactly one of tag and digest names the image; both may be present (`name:tag@sha256:…`), then the digest wins.
 * Grammar: OCI distribution specification 1.1, "Pulling manifests", and github.com/distribution/reference.
 */
export interface Reference {
  /** Host with optional port, in lower case. */
  readonly registry: string
  /** Path without the host, `nvidia/pytorch`. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/
const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/

/** Parses a reference; without a host it belongs to `defaultRegistry`. Throws AppError `usage`. */
export function parseReference(text: string, defaultRegistry = 'nvcr.io'): Reference {
  const wrong = (what: string): AppError =>
    new AppError('usage', `“${text}” is not an image reference: ${what}.`, {
      hint: 'Write it like nvcr.io/nvidia/pytorch:24.01-py3.',
    })
  let rest = text.trim()
  let digest: Digest | undefined
  const at = rest.indexOf('@')
  if (at >= 0) {
    const found = rest.slice(at + 1)
    if (!isDigest(found)) throw wrong('its digest is not sha256: and 64 hexadecimal digits')
    digest = found
    rest = rest.slice(0, at)
  }
  let tag: string | undefined
  const colon = rest.lastIndexOf(':')
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1)
    if (!TAG.test(tag)) throw wrong('its tag has characters that a tag cannot have')
    rest = rest.slice(0, colon)
  }
  const slash = rest.indexOf('/')
  const first = slash < 0 ? '' : rest.slice(0, slash).toLowerCase()
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const registry = hasHost ? first : defaultRegistry
  const repository = hasHost ? rest.slice(slash + 1) : rest
  if (!HOST.test(registry)) throw wrong('its registry is not a host name')
  if (repository.length > 255 || !NAME.test(repository)) {
    throw wrong('its name has characters that a repository cannot have')
  }
  if (tag === undefined && digest === undefined) throw wrong('it names no tag')
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest && { digest }) }
}

/** The reference in full, as it is written into tarballs: `host/repository:tag`, or `@digest` where there is no tag. */
export function formatReference(reference: Reference): string {
  const name = `${reference.registry}/${reference.repository}`
  return reference.tag === undefined ? `${name}@${reference.digest}` : `${name}:${reference.tag}`
}

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text)
}
