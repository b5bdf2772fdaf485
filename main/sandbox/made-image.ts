import { MediaType, type Descriptor, type Platform, type Published } from '../registry/manifest.ts'
import { digestOf, type MadeLayer } from './layer.ts'

export interface MadeImage {
  readonly platform: Platform
  readonly manifest: Published
  readonly config: Published
  /** In order, repeats included; media types as the manifest's format has them. */
  readonly layers: readonly MadeLayer[]
}

export interface ImageOptions {
  readonly platform: Platform
  readonly layers: readonly MadeLayer[]
  readonly env?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly workingDir?: string
  /** ISO 8601; one fixed date when absent. */
  readonly created?: string
  /** `oci` when absent. */
  readonly format?: ImageFormat
}

export type ImageFormat = 'oci' | 'docker'

/** An image that real loaders accept: config with history and diff ids, and the manifest over it. */
export function makeImage(options: ImageOptions): MadeImage {
  const format = options.format ?? 'oci'
  const created = options.created ?? '2024-05-01T00:00:00Z'
  const layers = options.layers.map((layer) => inFormat(layer, format))
  const { os, architecture, variant } = options.platform
  // OCI image specification 1.1, "Image Configuration"; keys without a value are left out by JSON.
  const config = publish(formats[format].config, {
    created,
    architecture,
    os,
    variant,
    config: {
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...(options.env ?? []),
      ],
      Entrypoint: options.entrypoint,
      Cmd: options.cmd ?? (options.entrypoint ? undefined : ['/bin/bash']),
      WorkingDir: options.workingDir ?? '/',
      Labels: options.labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((layer) => ({ created, created_by: layer.createdBy })),
  })
  const manifest = publish(formats[format].manifest, {
    schemaVersion: 2,
    mediaType: formats[format].manifest,
    config: config.descriptor,
    layers: layers.map((layer) => layer.descriptor),
  })
  return { platform: options.platform, manifest, config, layers }
}

/** A document with its descriptor; the digest is of the bytes that JSON gave. */
export function publish(mediaType: string, document: unknown): Published {
  const bytes = Buffer.from(JSON.stringify(document))
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes }
}

/** Media types by format. */
export const formats = {
  oci: {
    manifest: MediaType.ociManifest,
    index: MediaType.ociIndex,
    config: 'application/vnd.oci.image.config.v1+json',
  },
  docker: {
    manifest: MediaType.dockerManifest,
    index: MediaType.dockerList,
    config: 'application/vnd.docker.container.image.v1+json',
  },
} as const

function inFormat(layer: MadeLayer, format: ImageFormat): MadeLayer {
  if (format === 'oci') return layer
  const mediaType = layer.descriptor.mediaType
    .replace('vnd.oci.image.layer.v1.tar', 'vnd.docker.image.rootfs.diff.tar')
    .replace('+', '.')
  const descriptor: Descriptor = { ...layer.descriptor, mediaType }
  return { ...layer, descriptor }
}
