import type { TarballImage } from '../archive/image.ts'
import { openTarball, type Tarball } from '../archive/parts.ts'
import { readTarball, type ReadableTarball } from '../archive/read.ts'
import { AppError } from '../api/errors.ts'
import { pathsOf, type TarballFiles } from '../library/tarball-files.ts'
import type { Digest } from '../registry/reference.ts'
import { readLayerSize } from './layer-size.ts'

/** What a tarball would bring to an engine. */
export interface TarballContents {
  /** One or several; never empty. */
  readonly images: readonly TarballImage[]
  /** Of the tarball, all parts together. */
  readonly sizeBytes: number
  /** Each layer once; `id` is its diff id, where the tarball tells. */
  readonly layers: readonly { readonly id?: Digest; readonly unpackedBytes: number }[]
  readonly hasZstdLayers: boolean
  /** Docker's own list, without which most Dockers take nothing. */
  readonly hasDockerList: boolean
  /** What Podman unpacks before it loads it. */
  readonly hasOciLayout: boolean
}

/** Reads headers, documents and a few bytes of each layer. Throws AppError `damaged` or `foreign` for what is not to be loaded. */
export async function readContents(
  files: TarballFiles,
  signal?: AbortSignal,
): Promise<TarballContents> {
  const { name } = files
  if (files.isPartial) throw damaged(name, 'it was never finished')
  const [missing] = files.missingParts
  if (missing !== undefined) {
    throw damaged(name, `part ${String(missing).padStart(3, '0')} is missing`)
  }
  const tarball = await openTarball(pathsOf(files))
  try {
    const reading = await readTarball(tarball, signal)
    if (reading.status === 'foreign') {
      throw new AppError('foreign', `${name} is no tarball of images: ${reading.detail}`)
    }
    if (reading.status !== 'complete') {
      throw damaged(name, (reading.detail ?? '').replace(/^It /, 'it ').replace(/\.$/, ''))
    }
    return await contentsOf(tarball, reading)
  } finally {
    await tarball.close()
  }
}

/** The same of a tarball that was read already. Reads a few bytes of each layer. */
export async function contentsOf(
  tarball: Tarball,
  reading: Pick<ReadableTarball, 'images' | 'members' | 'sizeBytes'>,
): Promise<TarballContents> {
  const layers = new Map<number, { id?: Digest; unpackedBytes: number }>()
  let hasZstdLayers = false
  for (const image of reading.images) {
    for (const [position, layer] of image.layers.entries()) {
      if (layer.member === undefined || layers.has(layer.member.dataOffset)) continue
      const { compression, unpackedBytes } = await readLayerSize(tarball, layer)
      const id = image.diffIds[position]
      layers.set(layer.member.dataOffset, { ...(id && { id }), unpackedBytes })
      hasZstdLayers ||= compression === 'zstd'
    }
  }
  const has = (file: string): boolean =>
    reading.members.some(({ name }) => name === file || name === `./${file}`)
  return {
    images: reading.images,
    sizeBytes: reading.sizeBytes,
    layers: [...layers.values()],
    hasZstdLayers,
    hasDockerList: has('manifest.json'),
    hasOciLayout: has('oci-layout'),
  }
}

function damaged(name: string, what: string): AppError {
  return new AppError('damaged', `${name} cannot be loaded: ${what}.`, {
    hint: 'Copy it again; “ngc-replicator verify” tells what is wrong with it.',
  })
}
