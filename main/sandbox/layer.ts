import { createCipheriv, createHash } from 'node:crypto'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { gzipStored, zstdStored } from './compression.ts'
import { tar, type TarMember } from './tar.ts'

export interface MadeLayer {
  readonly descriptor: Descriptor
  /** Of the uncompressed tar: what the config's `rootfs.diff_ids` names. */
  readonly diffId: Digest
  /** The blob as it is published. */
  readonly bytes: Uint8Array
  /** The command that the config's history tells. */
  readonly createdBy: string
}

export interface LayerOptions {
  readonly seed: string
  /** Size of one incompressible file in the layer; none when absent or 0. */
  readonly sizeBytes?: number
  /** Further files by path (`usr/bin/hello`, no leading slash); folders above them are made. Mode is 0644 by default. */
  readonly files?: Readonly<Record<string, LayerFile>>
  /** `gzip` when absent. */
  readonly compression?: LayerCompression
  readonly createdBy?: string
}

export interface LayerFile {
  readonly bytes: Uint8Array | string
  readonly mode?: number
}

export type LayerCompression = 'gzip' | 'zstd' | 'none'

/** A layer whose bytes, and so whose digests, depend on nothing but the options. */
export function makeLayer(options: LayerOptions): MadeLayer {
  const archive = tar(members(options))
  const compression = options.compression ?? 'gzip'
  const bytes = compress[compression](archive)
  return {
    descriptor: {
      mediaType: `application/vnd.oci.image.layer.v1.tar${suffix[compression]}`,
      digest: digestOf(bytes),
      size: bytes.length,
    },
    diffId: digestOf(archive),
    bytes,
    createdBy: options.createdBy ?? `RUN /bin/sh -c install ${options.seed} # buildkit`,
  }
}

/** The 32-byte empty layer that old builders repeated for every command without files: gzip of 1024 zeros. */
export function emptyLayer(createdBy = 'ENV EMPTY=1'): MadeLayer {
  const bytes = Buffer.from('H4sIAAAJbogA/2IYBaNgFIxYAAgAAP//Lq+17wAEAAA=', 'base64')
  return {
    descriptor: {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: digestOf(bytes),
      size: bytes.length,
    },
    diffId: digestOf(new Uint8Array(1024)),
    bytes,
    createdBy,
  }
}

/** `sizeBytes` bytes that do not compress, always the same for one seed: an AES-CTR key stream, about 2 GB a second. */
export function noise(seed: string, sizeBytes: number): Uint8Array {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes))
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

const compress: Record<LayerCompression, (archive: Uint8Array) => Uint8Array> = {
  gzip: gzipStored,
  zstd: zstdStored,
  none: (archive) => archive,
}

const suffix: Record<LayerCompression, string> = { gzip: '+gzip', zstd: '+zstd', none: '' }

function members(options: LayerOptions): TarMember[] {
  const files = new Map<string, TarMember>()
  const add = (path: string, bytes: Uint8Array, mode: number): void => {
    files.set(path, { path, mode, type: 'file', bytes })
  }
  if (options.sizeBytes !== undefined && options.sizeBytes > 0) {
    const name = options.seed.replaceAll(/[^\w.-]+/g, '-').slice(0, 60)
    add(`opt/sandbox/${name}.bin`, noise(options.seed, options.sizeBytes), 0o644)
  } else if (options.files === undefined) {
    add('opt/sandbox/seed', Buffer.from(options.seed), 0o644)
  }
  for (const [path, file] of Object.entries(options.files ?? {})) {
    add(path, Buffer.from(file.bytes), file.mode ?? 0o644)
  }
  const folders = new Set([...files.keys()].flatMap(parents))
  return [
    ...[...folders].toSorted().map((path): TarMember => ({
      path,
      mode: 0o755,
      type: 'folder',
      bytes: new Uint8Array(),
    })),
    ...files.values(),
  ]
}

function parents(path: string): string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}
