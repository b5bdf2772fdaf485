import { AppError } from '../api/errors.ts'
import { carriedAttestations, carriedSignatures } from './carried.ts'
import type { Registry } from './client.ts'
import {
  platformSchema,
  type Descriptor,
  type Index,
  type Manifest,
  type Platform,
  type Published,
  type ResolvedImage,
} from './manifest.ts'
import { choose, formatPlatform, imagesOf, matches, parsePlatform } from './platform.ts'
import { readManifest } from './read-manifest.ts'
import { formatReference, type Digest, type Reference } from './reference.ts'

export interface Resolved {
  /** One for each platform; never empty. */
  readonly images: readonly ResolvedImage[]
  /** What the user should know: the image was taken for another platform than asked for. */
  readonly note?: string
}

/** What travels along. Signatures cost one request for each image that has none. */
export interface Carried {
  readonly signatures?: boolean
  readonly attestations?: boolean
}

export interface ResolveOptions {
  readonly carry?: Carried
  /** What the reference names, where it was fetched before. */
  readonly published?: Published
  readonly signal?: AbortSignal
}

/** An image that a reference names, as far as its manifest or index tells by itself. */
export interface Named {
  readonly digest: Digest
  /** Absent for a plain manifest: only its config tells. */
  readonly platform?: Platform
}

/** The images that would be resolved, by the index alone. Throws as `resolveImage` does. */
export function namedImages(
  published: Published,
  reference: Reference,
  wanted: string,
): { readonly images: readonly Named[]; readonly isOnlyPlatform: boolean; readonly note?: string } {
  const name = formatReference(reference)
  const read = readManifest(published, name)
  if (read.kind === 'manifest') {
    return { images: [{ digest: published.descriptor.digest }], isOnlyPlatform: true }
  }
  const platform = wanted === 'all' ? undefined : parsePlatform(wanted)
  const { children, note } = pick(read.index, platform, name)
  return {
    images: children,
    isOnlyPlatform: imagesOf(read.index).length === 1,
    ...(note !== undefined && { note }),
  }
}

/**
 * From a reference to everything but the layers, for the wanted platform (`linux/amd64`) or `all`.
 * An image that exists for one platform only is taken as it is, with a note. Throws AppError `not-found` naming what exists
 * if there are several and none is the wanted one.
 */
export async function resolveImage(
  registry: Registry,
  reference: Reference,
  wanted: string,
  { carry = {}, published: known, signal }: ResolveOptions = {},
): Promise<Resolved> {
  const name = formatReference(reference)
  const platform = wanted === 'all' ? undefined : parsePlatform(wanted)
  const published = known ?? (await registry.manifest(reference, signal))
  const read = readManifest(published, name)
  const signatures = carry.signatures
    ? await carriedSignatures(registry, reference, published.descriptor.digest, signal)
    : []
  if (read.kind === 'manifest') {
    const image = await single(registry, reference, published, read.manifest, signal)
    const note =
      platform && !matches(image.platform, platform) ? onlyFor(name, image.platform) : undefined
    return {
      images: [{ ...image, extras: signatures }],
      ...(note !== undefined && { note }),
    }
  }
  const { children, note } = pick(read.index, platform, name)
  const images: ResolvedImage[] = []
  for (const child of children) {
    const image = await member(registry, reference, child, signal)
    const attestations = carry.attestations
      ? await carriedAttestations(registry, reference, read.index, child.digest, signal)
      : []
    images.push({ ...image, extras: [published, ...signatures, ...attestations] })
  }
  return { images, ...(note !== undefined && { note }) }
}

type Child = Descriptor & { platform: Platform }

function pick(
  index: Index,
  wanted: Platform | undefined,
  name: string,
): { children: readonly Child[]; note?: string } {
  if (!wanted) {
    const children = imagesOf(index)
    if (children.length > 0) return { children }
    throw new AppError('unsupported', `${name} lists no image for any platform.`)
  }
  const choice = choose(index, wanted)
  if (choice.kind === 'match') return { children: [choice.child] }
  if (choice.kind === 'only') {
    return { children: [choice.child], note: onlyFor(name, choice.child.platform) }
  }
  if (choice.offered.length === 0) {
    throw new AppError('unsupported', `${name} lists no image for any platform.`)
  }
  const offered = choice.offered.map(formatPlatform).join(', ')
  throw new AppError('not-found', `${name} does not exist for ${formatPlatform(wanted)}.`, {
    hint: `It exists for ${offered}.`,
  })
}

function onlyFor(name: string, platform: Platform): string {
  return `${name} exists for ${formatPlatform(platform)} only`
}

/** A child of an index. Its platform is the index's word: configs of some images name another by mistake. */
async function member(
  registry: Registry,
  reference: Reference,
  child: Child,
  signal?: AbortSignal,
): Promise<Omit<ResolvedImage, 'extras'>> {
  const { registry: host, repository } = reference
  const of = { registry: host, repository, digest: child.digest }
  const published = await registry.manifest(of, signal)
  const read = readManifest(published, formatReference(of))
  if (read.kind === 'index') {
    throw new AppError('unsupported', `${formatReference(reference)} is an index within an index.`)
  }
  const image = await single(registry, reference, published, read.manifest, signal)
  return { ...image, platform: child.platform }
}

const configSchema = platformSchema.partial()

async function single(
  registry: Registry,
  reference: Reference,
  manifest: Published,
  { config, layers }: Manifest,
  signal?: AbortSignal,
): Promise<Omit<ResolvedImage, 'extras'>> {
  const name = formatReference(reference)
  if (!imageConfigs.has(config.mediaType)) {
    throw new AppError('unsupported', `${name} is not a container image (${config.mediaType}).`)
  }
  const bytes = await registry.document(reference, config, signal)
  return {
    platform: platformIn(bytes, name),
    manifest,
    config: { descriptor: config, bytes },
    layers,
  }
}

const imageConfigs: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  // written by old builders, and read by engines
  'application/octet-stream',
])

/** `os` and `architecture` are required in a config; images of 2014 lack them and are what there was then. */
function platformIn(config: Uint8Array, name: string): Platform {
  try {
    const json: unknown = JSON.parse(Buffer.from(config).toString('utf8'))
    const { os, architecture, variant } = configSchema.parse(json)
    return {
      os: os || 'linux',
      architecture: architecture || 'amd64',
      ...(variant && { variant }),
    }
  } catch (error) {
    throw new AppError('protocol', `${name} has a config that is not well formed.`, {
      cause: error,
    })
  }
}
