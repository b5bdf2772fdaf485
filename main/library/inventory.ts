import { availableParallelism } from 'node:os'
import PQueue from 'p-queue'
import { messageOf } from '../api/errors.ts'
import type { TarballImage } from '../archive/image.ts'
import { isTarballName, journalName, parseFileName } from '../archive/name.ts'
import { openTarball } from '../archive/parts.ts'
import { readTarball, type TarballReading } from '../archive/read.ts'
import { formatPlatform } from '../registry/platform.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobPlace } from '../transfer/held-blobs.ts'
import { begunPlaces, heldPlaces } from './held-places.ts'
import { listLeftovers } from './leftovers.ts'
import { findTarball, listTarballs, pathsOf, type TarballFiles } from './tarball-files.ts'

/** What a folder holds, as `inventory --json` prints it. */
export interface Inventory {
  readonly folder: string
  /** One for each name of each image in each tarball; also one for each file that is none, with its status. */
  readonly images: readonly LibraryImage[]
  readonly problems: readonly LibraryProblem[]
}

export interface LibraryImage {
  readonly file: string
  /** The parts, where there are any. */
  readonly files?: readonly string[]
  readonly reference: string | null
  /** Of the platform's manifest; null where the tarball does not tell (`docker save` before version 25). */
  readonly digest: Digest | null
  /** `linux/amd64`, with the variant if there is one. */
  readonly platform: string | null
  /** Of the tarball; of the image's own blobs where a tarball holds several. */
  readonly sizeBytes: number
  readonly created: string | null
  readonly layers: readonly { readonly digest: Digest | null; readonly sizeBytes: number }[]
  readonly env: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly status: LibraryStatus
}

/**
 * `partial`: never finished, a leftover. `torn`: ends too early, or lacks a part. `damaged`: does not hold together.
 * `unreadable`: the drive does not give it. `foreign`: not a tarball of images.
 */
export type LibraryStatus = 'complete' | 'partial' | 'torn' | 'damaged' | 'unreadable' | 'foreign'

export interface LibraryProblem {
  readonly file: string
  readonly kind: Exclude<LibraryStatus, 'complete'>
  readonly detail: string
}

/** Lists what a folder holds, by headers and documents only. Throws AppError when the folder itself cannot be read. */
export async function inventory(folder: string, signal?: AbortSignal): Promise<Inventory> {
  const { images, problems } = await readLibrary(folder, signal)
  return { folder, images, problems }
}

/** The same of one tarball, by the path of its file or of a part. Throws AppError `not-found`. */
export async function inventoryOfTarball(path: string, signal?: AbortSignal): Promise<Inventory> {
  const tarball = await findTarball(path)
  const { images, problem } = await describe(tarball, signal)
  return { folder: tarball.folder, images, problems: problem ? [problem] : [] }
}

/** A folder's inventory, and where in its complete tarballs each blob lies: for planning and saving into it. */
export interface Library extends Inventory {
  readonly places: ReadonlyMap<Digest, BlobPlace>
}

/** Reads each tarball once. Throws what `inventory` throws. */
export async function readLibrary(folder: string, signal?: AbortSignal): Promise<Library> {
  const tarballs = await listTarballs(folder)
  const queue = new PQueue({ concurrency: 4 * availableParallelism() })
  const entries = await Promise.all(
    tarballs.map((tarball) => queue.add(() => describe(tarball, signal))),
  )
  const lone = await loneJournals(folder, tarballs)
  signal?.throwIfAborted()
  return {
    folder,
    images: entries.flatMap((entry) => entry.images),
    problems: [...entries.flatMap((entry) => entry.problem ?? []), ...lone],
    places: new Map([
      ...entries.flatMap(({ begun }) => begun ?? []),
      ...entries.flatMap(({ places }) => places ?? []),
    ]),
  }
}

/** While a tarball is finished, and read back, its journal may be alone with it for a while; without either it is a leftover. */
async function loneJournals(
  folder: string,
  tarballs: readonly TarballFiles[],
): Promise<LibraryProblem[]> {
  const present = new Set(tarballs.map(({ name }) => parseFileName(name).name))
  return (await listLeftovers(folder))
    .filter(({ name }) => !present.has(name))
    .map(({ name }) => ({
      file: journalName(name),
      kind: 'partial',
      detail: 'It is the journal of a tarball that is not here. “ngc-replicator clean” removes it.',
    }))
}

interface Entry {
  readonly images: readonly LibraryImage[]
  readonly problem?: LibraryProblem
  readonly places?: readonly [Digest, BlobPlace][]
  /** In what was never finished; the same blob in a finished tarball counts. */
  readonly begun?: readonly [Digest, BlobPlace][]
}

async function describe(tarball: TarballFiles, signal?: AbortSignal): Promise<Entry> {
  try {
    const { reading, status, detail } = await read(tarball, signal)
    const images = reading.status === 'foreign' ? [] : reading.images
    const rows = images.flatMap((image) =>
      rowsOf(tarball, image, status, sizeOf(reading, images.length)),
    )
    const listed = rows.length > 0 ? rows : [row(tarball, { status, sizeBytes: reading.sizeBytes })]
    if (status === 'complete' && reading.status === 'complete')
      return { images: listed, places: heldPlaces(tarball, reading.members, reading.sizeBytes) }
    // A holiday picture on the stick is no problem; a tarball that is none may be one.
    if (status === 'complete' || (status === 'foreign' && !isTarballName(tarball.name)))
      return { images: listed }
    const problem = { file: tarball.name, kind: status, detail }
    return { images: listed, problem, begun: await begunPlaces(tarball, reading) }
  } catch (error) {
    signal?.throwIfAborted()
    const problem = { file: tarball.name, kind: 'unreadable', detail: messageOf(error) } as const
    return { images: [row(tarball, { status: 'unreadable' })], problem }
  }
}

interface Judged {
  readonly reading: TarballReading
  readonly status: LibraryStatus
  readonly detail: string
}

async function read(tarball: TarballFiles, signal?: AbortSignal): Promise<Judged> {
  const opened = await openTarball(pathsOf(tarball))
  try {
    const reading = await readTarball(opened, signal)
    const detail = reading.detail ?? ''
    const [missing] = tarball.missingParts
    if (tarball.isPartial) return { reading, status: 'partial', detail: 'It was never finished.' }
    if (missing !== undefined) {
      return {
        reading,
        status: 'torn',
        detail: `Part ${String(missing).padStart(3, '0')} is missing.`,
      }
    }
    return { reading, status: reading.status, detail }
  } finally {
    await opened.close()
  }
}

function sizeOf(reading: TarballReading, images: number): number | undefined {
  return images === 1 ? reading.sizeBytes : undefined
}

function rowsOf(
  tarball: TarballFiles,
  image: TarballImage,
  status: LibraryStatus,
  tarballBytes: number | undefined,
): LibraryImage[] {
  const layers = image.layers.map(({ digest, sizeBytes }) => ({
    digest: digest ?? null,
    sizeBytes,
  }))
  const blobBytes = [...new Set(image.layers.map(({ member }) => member))].reduce(
    (sum, member) => sum + (member?.sizeBytes ?? 0),
    0,
  )
  const common = {
    digest: image.digest ?? null,
    platform: image.platform === undefined ? null : formatPlatform(image.platform),
    sizeBytes: tarballBytes ?? blobBytes,
    created: image.created ?? null,
    layers,
    env: image.env,
    labels: image.labels,
    status,
  }
  const references = image.references.length > 0 ? image.references : [null]
  return references.map((reference) => row(tarball, { ...common, reference }))
}

function row(tarball: TarballFiles, known: Partial<LibraryImage>): LibraryImage {
  return {
    file: tarball.name,
    ...(tarball.isInParts && { files: tarball.files }),
    reference: null,
    digest: null,
    platform: null,
    sizeBytes: 0,
    created: null,
    layers: [],
    env: [],
    labels: {},
    status: 'complete',
    ...known,
  }
}
