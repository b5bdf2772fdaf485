import { AppError, messageOf } from '../api/errors.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import { layoutTarball } from '../archive/layout.ts'
import { writeTarball, type WriteProgress } from '../archive/write.ts'
import { freeBytesOf } from '../disk/space.ts'
import { isHeld } from '../docker/engine.ts'
import { readExport, withExport } from '../docker/export.ts'
import { lineBytes, pullImage, type PullProgress } from '../docker/pull.ts'
import type { SocketEngine } from '../docker/socket-engine.ts'
import { within } from '../docker/within.ts'
import { formatBytes } from '../format.ts'
import { removePartial } from '../archive/partial.ts'
import { giveBack } from '../net/read-memory.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Credentials } from '../registry/credentials.ts'
import { readableOf } from '../registry/readable.ts'
import type { Digest } from '../registry/reference.ts'
import { formatReference } from '../registry/reference.ts'
import { verified } from '../registry/verified-stream.ts'
import { exportedImage } from './exported-image.ts'

export interface DockerSourceParts {
  readonly engine: SocketEngine
  /** Keep what was pulled, under its reference; else it is removed once it is saved. */
  readonly keepsImages: boolean
  readonly credentialsFor: (image: ImageToSave) => Credentials | undefined
}

export interface DockerSaveParts {
  readonly folder: string
  readonly maxFileSizeBytes?: number | undefined
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
  readonly onPulling?: ((progress: PullProgress) => void) | undefined
  /** Bytes that came over the line. */
  readonly onFetched?: ((bytes: number) => void) | undefined
  readonly onWarned?: ((message: string) => void) | undefined
}

export type SaveFromDocker = (
  image: ImageToSave,
  parts: DockerSaveParts,
  signal: AbortSignal,
) => Promise<readonly WrittenFile[]>

/**
 * Saves images through an engine: it pulls what it has not, by the planned digest, and its export becomes our tarball. The
 * export goes by twice: once to learn how large each layer is and where, which everything before the layers depends on,
 * and once to be written, in the order in which it comes. So no layer is stored twice, and drives are written in order.
 */
export function saveFromDocker({
  engine,
  keepsImages,
  credentialsFor,
}: DockerSourceParts): SaveFromDocker {
  const turns = new Map<Digest, Promise<unknown>>()

  const save: SaveFromDocker = async (image, parts, signal) => {
    const before = await findImage(engine, image, signal)
    const name = pulledName(image)
    if (before === undefined) await pull(image, name, parts, signal)
    try {
      return await write(engine, before ?? name, image, parts, signal)
    } finally {
      await settle(image, before, parts)
    }
  }

  async function pull(
    image: ImageToSave,
    name: string,
    parts: DockerSaveParts,
    signal: AbortSignal,
  ): Promise<void> {
    let earlierBytes = 0
    const { layers } = image.image
    const onProgress = (progress: PullProgress): void => {
      const bytes = lineBytes(progress)
      if (bytes > earlierBytes) parts.onFetched?.(bytes - earlierBytes)
      earlierBytes = Math.max(bytes, earlierBytes)
      parts.onPulling?.(progress)
    }
    const request = { name, layers, credentials: credentialsFor(image) }
    await pullImage(engine, request, onProgress, signal)
  }

  /** Removes what was pulled, or gives what stays its name; the image is saved whatever becomes of this. */
  async function settle(
    image: ImageToSave,
    before: string | undefined,
    parts: DockerSaveParts,
  ): Promise<void> {
    const { reference } = image
    const name = pulledName(image)
    try {
      if (keepsImages || isCuda(image)) {
        if (reference.tag !== undefined)
          await engine.tag(before ?? name, formatReference(reference))
      } else if (before === undefined) {
        await within(engine.client.getImage(name).remove(), AbortSignal.timeout(REMOVAL_MS))
      }
    } catch (error) {
      parts.onWarned?.(`${formatReference(reference)} stays in Docker: ${messageOf(error)}`)
    }
  }

  return async (image, parts, signal) => {
    // Two references may be one image: the second must not find it while the first removes it.
    const { digest } = image
    const turn = (turns.get(digest) ?? Promise.resolve()).then(() => save(image, parts, signal))
    turns.set(
      digest,
      turn.catch(() => undefined),
    )
    return await turn
  }
}

const REMOVAL_MS = 60_000

/** The seed kept what ends so: other images are built on them. */
function isCuda({ reference }: ImageToSave): boolean {
  return reference.repository.endsWith('cuda')
}

/** By digest: the tag may have moved since the plan was made. */
function pulledName({ reference, digest }: ImageToSave): string {
  return `${reference.registry}/${reference.repository}@${digest}`
}

async function findImage(
  engine: SocketEngine,
  image: ImageToSave,
  signal: AbortSignal,
): Promise<string | undefined> {
  const wanted = { digest: image.digest, configDigest: image.image.config.descriptor.digest }
  for (const name of [formatReference(image.reference), pulledName(image), wanted.configDigest]) {
    const held = await engine.find(name, signal)
    if (held !== undefined && isHeld(wanted, held)) return held.id
  }
  return undefined
}

async function write(
  engine: SocketEngine,
  id: string,
  image: ImageToSave,
  parts: DockerSaveParts,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const reference = formatReference(image.reference)
  // The first pass is long, and nothing is pulled any more.
  parts.onProgress?.({ phase: 'saving', writtenBytes: 0, durableBytes: 0 })
  const found = await withExport(engine, id, (bytes) => readExport(bytes, signal), signal)
  const { resolved, offsets } = exportedImage(image.image, found)
  const layout = layoutTarball(resolved, reference)
  const { folder, maxFileSizeBytes, onProgress } = parts
  await removePartial(folder, image.name)
  await checkSpace(folder, layout.sizeBytes)
  const writing = async (bytes: {
    bytes(offset: number, length: number): AsyncIterable<Uint8Array>
  }) =>
    await writeTarball(
      {
        layout,
        folder,
        name: image.name,
        maxFileSizeBytes,
        openBlob: async ({ digest, size }, _signal, { hasher }) => {
          const offset = offsets.get(digest)
          if (offset === undefined) throw new RangeError(`${digest} was not exported`)
          const expected = { digest, sizeBytes: size, name: reference }
          return readableOf(() =>
            verified(bytes.bytes(offset, size), expected, { ...(hasher && { hasher }) }),
          )
        },
        taken: giveBack,
        onProgress: ({ phase, ...progress }) =>
          onProgress?.({
            ...progress,
            phase: phase === 'downloading' ? 'saving' : phase,
            totalBytes: layout.sizeBytes,
          }),
      },
      signal,
    )
  const { files } = await withExport(engine, id, writing, signal)
  return files
}

/** The plan knew the packed size only. */
async function checkSpace(folder: string, sizeBytes: number): Promise<void> {
  const freeBytes = await freeBytesOf(folder)
  if (sizeBytes <= freeBytes) return
  throw new AppError(
    'no-space',
    `${folder} has ${formatBytes(freeBytes)} free, but Docker's unpacked layers take ${formatBytes(sizeBytes)}.`,
    {
      hint: 'Fetch from the registry instead, which keeps layers packed, or choose another drive.',
    },
  )
}
