import { AppError } from '../api/errors.ts'
import type { Descriptor, Index, Platform } from './manifest.ts'

/** Parses `linux/amd64` or `linux/arm/v7`, uname's names for architectures included. Throws AppError `usage`. */
export function parsePlatform(text: string): Platform {
  const parts = text.trim().toLowerCase().split('/')
  const [os = '', architecture = '', variant] = parts
  if (parts.length > 3 || parts.length < 2 || !parts.every((part) => /^[\w.-]+$/.test(part))) {
    throw new AppError('usage', `“${text}” is not a platform.`, {
      hint: 'Write it like linux/amd64, linux/arm64, or all.',
    })
  }
  return {
    os,
    architecture: architectures[architecture] ?? architecture,
    ...(variant !== undefined && { variant }),
  }
}

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  sbsa: 'arm64',
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/')
}

/** Whether an image for `offered` is what someone who asks for `wanted` means; without a variant any will do. */
export function matches(offered: Platform, wanted: Platform): boolean {
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (!wanted.variant || variantOf(offered) === variantOf(wanted))
  )
}

/** The images of an index, one for each platform: attestations (`unknown/unknown`) and children without a platform left out. */
export function imagesOf(index: Index): (Descriptor & { platform: Platform })[] {
  const seen = new Set<string>()
  return index.manifests.filter((child): child is Descriptor & { platform: Platform } => {
    if (!child.platform || isUnknown(child.platform)) return false
    if (child.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest') return false
    // Windows lists one platform several times, once for each os.version; the first is the preferred one.
    const name = formatPlatform(child.platform)
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}

export type Choice =
  | { readonly kind: 'match'; readonly child: Descriptor & { platform: Platform } }
  | { readonly kind: 'only'; readonly child: Descriptor & { platform: Platform } }
  | { readonly kind: 'none'; readonly offered: readonly Platform[] }

/** The child for a platform; `only` is the single image of an index that has no other. */
export function choose(index: Index, wanted: Platform): Choice {
  const images = imagesOf(index)
  const matching = images
    .filter((child) => matches(child.platform, wanted))
    .toSorted((a, b) => rank(a.platform) - rank(b.platform))
  if (matching[0]) return { kind: 'match', child: matching[0] }
  if (images.length === 1) return { kind: 'only', child: images[0]! }
  return { kind: 'none', offered: images.map(({ platform }) => platform) }
}

/** The plainest variant first: what runs on every machine of the architecture, then arm's v7 as containerd does. */
function rank(platform: Platform): number {
  const variant = variantOf(platform)
  if (variant === '' || variant === 'v1') return 0
  return platform.architecture === 'arm' && variant === 'v7' ? 1 : 2
}

/** `arm64/v8` is the same as `arm64`, `amd64/v1` the same as `amd64`. */
function variantOf({ architecture, variant = '' }: Platform): string {
  const isBase =
    (architecture === 'arm64' && variant === 'v8') || (architecture === 'amd64' && variant === 'v1')
  return isBase ? '' : variant
}

function isUnknown({ os, architecture }: Platform): boolean {
  return os === 'unknown' || architecture === 'unknown' || os === '' || architecture === ''
}
