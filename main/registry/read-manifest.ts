import { AppError } from '../api/errors.ts'
import {
  indexSchema,
  manifestSchema,
  MediaType,
  type Index,
  type Manifest,
  type Published,
} from './manifest.ts'

export type ReadManifest =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'index'; readonly index: Index }

/** What a published manifest says. Throws AppError `unsupported` for schema 1 and artifacts, `protocol` for what is none. */
export function readManifest({ bytes, descriptor }: Published, name: string): ReadManifest {
  const json = parseJson(bytes, name)
  const mediaType = descriptor.mediaType
  if (mediaType === MediaType.dockerList || mediaType === MediaType.ociIndex) {
    const index = indexSchema.safeParse(json)
    if (index.success) return { kind: 'index', index: index.data }
  } else {
    const manifest = manifestSchema.safeParse(json)
    if (manifest.success) return { kind: 'manifest', manifest: manifest.data }
  }
  throw new AppError('protocol', `${name} has a manifest that is not well formed.`)
}

/** The media type of a manifest: as the registry says, or as its body does where the header is missing or general. */
export function manifestMediaType(
  bytes: Uint8Array,
  contentType: string | undefined,
  name: string,
): string {
  const said = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  const json = parseJson(bytes, name)
  const body = typeof json === 'object' && json !== null ? json : {}
  const isSchema1 = 'schemaVersion' in body && body.schemaVersion === 1
  if (isSchema1 || said === MediaType.dockerSchema1 || said === MediaType.dockerSchema1Signed) {
    throw new AppError('unsupported', `${name} was published in the old schema 1 format.`, {
      hint: 'Its digests cannot be verified, and current engines refuse it. Choose a newer tag.',
    })
  }
  if (known.has(said)) return said
  const inBody = 'mediaType' in body ? body.mediaType : undefined
  if (typeof inBody === 'string' && known.has(inBody)) return inBody
  if (inBody === undefined && 'manifests' in body) return MediaType.ociIndex
  if (inBody === undefined && 'layers' in body) return MediaType.ociManifest
  throw new AppError('unsupported', `${name} is not a container image.`)
}

const known: ReadonlySet<string> = new Set([
  MediaType.dockerManifest,
  MediaType.dockerList,
  MediaType.ociManifest,
  MediaType.ociIndex,
])

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch {
    throw new AppError('protocol', `${name} has a manifest that is not JSON.`)
  }
}
