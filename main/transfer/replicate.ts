import { mkdir } from 'node:fs/promises'
import PQueue from 'p-queue'
import { AppError, messageOf } from '../api/errors.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import { formatBytes } from '../format.ts'
import type { WriteProgress } from '../archive/write.ts'
import type { ImageToSave, Plan } from '../plan/plan.ts'
import type { Registry } from '../registry/client.ts'
import { openChecksums } from '../state/checksums.ts'
import { saveDescription } from '../state/description.ts'
import type { StateFile } from '../state/state-file.ts'
import type { HeldBlobs } from './held-blobs.ts'
import { saveImage } from './save-image.ts'

export interface ReplicateParts {
  readonly registry: Registry
  readonly state: StateFile
  readonly held: HeldBlobs
  /** A repository's markdown, where its catalogue has one. */
  descriptionOf(image: ImageToSave, signal: AbortSignal): Promise<string | undefined>
  readonly jobs: number
  readonly maxFileSizeBytes?: number | undefined
}

/** What happens to the images of a plan, as it happens. */
export interface ReplicateListener {
  started?(image: ImageToSave): void
  progress?(image: ImageToSave, progress: WriteProgress): void
  /** Bytes that came over the line. */
  fetched?(image: ImageToSave, bytes: number): void
  saved?(image: ImageToSave, files: readonly WrittenFile[]): void
  failed?(image: ImageToSave, error: unknown): void
  /** Something beside the images went wrong, and the run goes on. */
  warned?(message: string): void
}

/**
 * Copies what the plan has to copy, several images at once. An image that fails is told to the listener and stops nothing
 * else. After each image its checksums and state.yml are durable: a run that ends at any moment has lost nothing that was
 * done. Throws AppError `no-space` before anything is written when the plan does not fit, and the signal's reason.
 */
export async function replicate(
  plan: Plan,
  parts: ReplicateParts,
  listener: ReplicateListener,
  signal: AbortSignal,
): Promise<void> {
  const { folder } = plan.destination
  if (plan.missingBytes > 0) throw doesNotFit(plan)
  const images = plan.images.filter((image) => image.state !== 'present')
  if (images.length === 0) return
  await makeFolder(folder)
  const checksums = await openChecksums(folder)
  const described = new Map<string, Promise<void>>()
  const queue = new PQueue({ concurrency: parts.jobs })
  await Promise.all(images.map((image) => queue.add(() => run(image))))
  signal.throwIfAborted()

  async function run(image: ImageToSave): Promise<void> {
    if (signal.aborted) return
    listener.started?.(image)
    try {
      const files = await saveImage(
        image,
        {
          registry: parts.registry,
          held: parts.held,
          folder,
          maxFileSizeBytes: parts.maxFileSizeBytes ?? plan.destination.largestFileBytes,
          onProgress: (progress) => listener.progress?.(image, progress),
          onFetched: (bytes) => listener.fetched?.(image, bytes),
        },
        signal,
      )
      await checksums.replace(image.name, files)
      const { repository, tag, changeKey } = image.stateEntry
      await parts.state.record(repository, tag, changeKey)
      await describeOnce(image)
      listener.saved?.(image, files)
    } catch (error) {
      if (!signal.aborted) listener.failed?.(image, error)
    }
  }

  /** A description that cannot be had must not fail an image that was saved. */
  function describeOnce(image: ImageToSave): Promise<void> {
    const { repository } = image.stateEntry
    const written = described.get(repository) ?? describe(image, repository)
    described.set(repository, written)
    return written
  }

  async function describe(image: ImageToSave, repository: string): Promise<void> {
    try {
      const markdown = await parts.descriptionOf(image, signal)
      if (markdown) await saveDescription(folder, repository, markdown)
    } catch (error) {
      if (!signal.aborted)
        listener.warned?.(`The description of ${repository} was not saved: ${messageOf(error)}`)
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('destination', `The folder ${folder} cannot be made: ${messageOf(cause)}.`, {
      cause,
    })
  })
}

function doesNotFit({ destination, writeBytes, missingBytes }: Plan): AppError {
  return new AppError(
    'no-space',
    `${destination.folder} has ${formatBytes(destination.freeBytes)} free, but this plan needs ${formatBytes(writeBytes)}: ` +
      `${formatBytes(missingBytes)} are missing.`,
    { hint: 'Select fewer images, or choose another drive.' },
  )
}
