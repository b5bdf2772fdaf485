import type { Descriptor, Platform } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import type { HistoryEntry, ImageConfig } from './documents.ts'
import type { TarMember } from './tar-members.ts'

/** An image as a tarball tells of it, whichever program wrote the tarball. */
export interface TarballImage {
  /** The names that it gets when it is loaded; none when it has none. */
  readonly references: readonly string[]
  /** Of its manifest; absent where the tarball has none (`docker save` before version 25). */
  readonly digest?: Digest
  readonly configDigest?: Digest
  readonly platform?: Platform
  readonly created?: string
  /** As listed, in order, repeats included. */
  readonly layers: readonly TarballLayer[]
  /** Digests of the unpacked layers. */
  readonly diffIds: readonly Digest[]
  readonly env: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly history: readonly HistoryEntry[]
  /** What the image needs and the tarball lacks: digests, or paths within the tarball. */
  readonly missing: readonly string[]
}

export interface TarballLayer {
  /** Of its bytes in the tarball; of the unpacked bytes for `docker save`. Absent when a config does not tell. */
  readonly digest?: Digest
  readonly sizeBytes: number
  /** Where its bytes are; absent when they are missing. */
  readonly member?: TarMember
}

export function layerAt({ digest, size }: Descriptor, member: TarMember | undefined): TarballLayer {
  return { digest, sizeBytes: size, ...(member && { member }) }
}

/** What a config tells of its image. */
export function describeConfig(
  config: ImageConfig | undefined,
): Pick<
  TarballImage,
  'platform' | 'created' | 'diffIds' | 'env' | 'labels' | 'entrypoint' | 'cmd' | 'history'
> {
  const { os, architecture, variant } = config ?? {}
  const created = config?.created
  return {
    // Images of 2014 lack both, and are what there was then.
    ...(config && {
      platform: {
        os: os || 'linux',
        architecture: architecture || 'amd64',
        ...(variant && { variant }),
      },
    }),
    ...(typeof created === 'string' && { created }),
    diffIds: config?.rootfs?.diff_ids ?? [],
    env: config?.config?.Env ?? [],
    labels: config?.config?.Labels ?? {},
    entrypoint: config?.config?.Entrypoint ?? [],
    cmd: config?.config?.Cmd ?? [],
    history: config?.history ?? [],
  }
}

/** Names of an image from a descriptor of `index.json`: containerd's annotation, else OCI's, which may be a tag only. */
export function namesOf({ annotations = {} }: Descriptor): string[] {
  const name =
    annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name']
  return name === undefined || name === '' ? [] : [name]
}
