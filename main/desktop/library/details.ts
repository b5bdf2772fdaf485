import { join } from 'node:path'
import type { LibraryImage, LibraryRow } from '../../api/shapes.ts'
import { AppError } from '../../api/errors.ts'
import { readSmallFile } from '../../disk/small-file.ts'
import type { TarballImage } from '../../archive/image.ts'
import { openTarball, type Tarball } from '../../archive/parts.ts'
import { readTarball, type ReadableTarball } from '../../archive/read.ts'
import { cudaOf } from '../../library/cuda.ts'
import { formatPlatform } from '../../registry/platform.ts'
import { parseReference } from '../../registry/reference.ts'
import { descriptionName } from '../../state/description.ts'
import { loadCommands, loadsIn } from './loading.ts'

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
      loadsIn: loadsIn({
        kind: reading.kind,
        hasZstd: await hasZstd(tarball, image),
        images: reading.images.length,
        isWhole: row.status === 'complete',
      }),
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
    ...(cuda && { cuda }),
  }
}

/** By the first bytes (RFC 8878, 3.1.1); what a manifest calls them is not in every kind of tarball. */
async function hasZstd(tarball: Tarball, image: TarballImage): Promise<boolean> {
  const start = new Uint8Array(4)
  for (const { member } of image.layers) {
    if (!member || member.sizeBytes < 4) continue
    await tarball.read(start, member.dataOffset)
    if (Buffer.from(start).toString('hex') === '28b52ffd') return true
  }
  return false
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
