import { join } from 'node:path'
import type { LibraryImage, LibraryRow } from '../../api/shapes.ts'
import { AppError } from '../../api/errors.ts'
import { readSmallFile } from '../../disk/small-file.ts'
import type { TarballImage } from '../../archive/image.ts'
import { openTarball, type Tarball } from '../../archive/parts.ts'
import { readTarball, type ReadableTarball } from '../../archive/read.ts'
import { contentsOf } from '../../delivery/contents.ts'
import { suitability } from '../../delivery/suitability.ts'
import { cudaOf } from '../../library/cuda.ts'
import { explainRequirement } from '../../library/driver.ts'
import { formatPlatform } from '../../registry/platform.ts'
import { parseReference } from '../../registry/reference.ts'
import { descriptionName } from '../../state/description.ts'
import { loadCommands } from './load-commands.ts'

/** Everything that one image's tarball tells of it. Reads headers and documents only. */
export async function imageDetails(
  folder: string,
  row: LibraryRow,
  problems: LibraryImage['problems'],
  signal?: AbortSignal,
): Promise<LibraryImage> {
  const files = row.files ?? [row.file]
  const tarball = await openTarball(files.map((file) => join(folder, file)))
  try {
    const reading = await readTarball(tarball, signal)
    const description = await readDescription(folder, row.reference)
    const base = {
      ...row,
      ...nothing,
      problems,
      ...(description !== undefined && { description }),
    }
    if (reading.status === 'foreign') return base
    const image = find(reading, row)
    if (!image) return base
    return {
      ...base,
      ...documentsOf(image),
      ...(await farSideOf(tarball, reading, image)),
      loadCommands: row.status === 'complete' ? loadCommands(folder, files, process.platform) : [],
    }
  } finally {
    await tarball.close()
  }
}

const nothing = {
  layers: [],
  history: [],
  env: [],
  entrypoint: [],
  command: [],
  labels: {},
  loadsIn: [],
  loadCommands: [],
}

function find({ images }: ReadableTarball, row: LibraryRow): TarballImage | undefined {
  const named = (image: TarballImage): boolean =>
    row.reference === undefined
      ? image.references.length === 0
      : image.references.includes(row.reference)
  const isSame = (image: TarballImage): boolean =>
    image.digest === row.digest &&
    (image.platform === undefined || formatPlatform(image.platform) === row.platform)
  return images.find((image) => named(image) && isSame(image)) ?? images.find(named)
}

type Documents = Pick<
  LibraryImage,
  'layers' | 'history' | 'env' | 'entrypoint' | 'command' | 'labels' | 'cuda'
>

function documentsOf(image: TarballImage): Documents {
  const history = image.history.map(({ created, created_by, empty_layer }) => ({
    createdBy: created_by ?? '',
    ...(created && { created }),
    isEmptyLayer: empty_layer === true,
  }))
  // Each layer was made by the next entry of the history that is not marked as empty.
  const makers = history.filter(({ isEmptyLayer }) => !isEmptyLayer)
  const cuda = cudaOf(image.env)
  const needs = explainRequirement(cuda?.requires ?? '')
  return {
    layers: image.layers.map(({ digest, sizeBytes }, at) => {
      const createdBy = makers.length === image.layers.length ? makers[at]?.createdBy : undefined
      return { digest: digest ?? '', sizeBytes, ...(createdBy && { createdBy }) }
    }),
    history,
    env: [...image.env],
    entrypoint: [...image.entrypoint],
    command: [...image.cmd],
    labels: { ...image.labels },
    ...(cuda && { cuda: { ...cuda, ...(needs !== undefined && { needs }) } }),
  }
}

/** Where it loads, and how much room it then takes. */
async function farSideOf(
  tarball: Tarball,
  reading: ReadableTarball,
  image: TarballImage,
): Promise<Pick<LibraryImage, 'loadsIn' | 'unpackedBytes'>> {
  const own = await contentsOf(tarball, { ...reading, images: [image] })
  const engines = suitability({ ...own, images: reading.images })
  return {
    loadsIn:
      reading.status === 'complete'
        ? engines
        : engines.map(({ engine }) => ({ engine, ok: false, why: 'The tarball is not complete.' })),
    unpackedBytes: own.layers.reduce((sum, layer) => sum + layer.unpackedBytes, 0),
  }
}

const mostDescriptionBytes = 1_000_000

/** The markdown beside the tarball, as its publisher wrote it. */
async function readDescription(
  folder: string,
  reference: string | undefined,
): Promise<string | undefined> {
  if (reference === undefined) return undefined
  try {
    const { registry, repository } = parseReference(reference)
    for (const name of [repository, `${registry}/${repository}`]) {
      const text = await readSmallFile(
        join(folder, descriptionName(name)),
        mostDescriptionBytes,
      ).catch(() => undefined)
      if (text !== undefined) return text
    }
    return undefined
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
