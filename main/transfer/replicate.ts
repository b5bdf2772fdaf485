import PQueue from 'p-queue'
import { AppError } from '../api/errors.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import type { CarriedFile } from '../carried-app/carried-file.ts'
import type { PullProgress } from '../docker/pull.ts'
import { formatBytes } from '../format.ts'
import type { WriteProgress } from '../archive/write.ts'
import type { ImageToSave, Plan } from '../plan/plan.ts'
import type { Saver } from './saver.ts'

/** What happens to the images of a plan, as it happens. */
export interface ReplicateListener {
  started?(image: ImageToSave): void
  progress?(image: ImageToSave, progress: WriteProgress): void
  /** An engine is pulling it, where that is the source. */
  pulling?(image: ImageToSave, progress: PullProgress): void
  /** Bytes that came over the line. */
  fetched?(image: ImageToSave, bytes: number): void
  saved?(image: ImageToSave, files: readonly WrittenFile[]): void
  failed?(image: ImageToSave, error: unknown): void
  /** Of the plan's `carried`: it is on the drive. */
  carried?(file: CarriedFile): void
  notCarried?(file: CarriedFile, error: unknown): void
  /** What the user should know, and the run goes on. */
  warned?(message: string): void
  /** The drive is full, and so many bytes are missing for this image; it goes on by itself when there is room. */
  waiting?(image: ImageToSave, missingBytes: number): void
}

export interface ReplicateOptions {
  readonly saver: Saver
  /** Puts the application, or an installer, on the drive. */
  readonly carry: (file: CarriedFile, signal: AbortSignal) => Promise<void>
  /** Images at once. */
  readonly jobs: number
  /** Read again what an earlier run wrote, instead of trusting its journal. */
  readonly check?: boolean | undefined
}

/**
 * Copies what the plan has to copy: first the application, then several images at once. What fails is told to the listener
 * and stops nothing else. After each image its checksums and state.yml are durable: a run that ends at any moment has lost nothing that was
 * done. Throws AppError `no-space` before anything is written when the plan does not fit, and the signal's reason.
 */
export async function replicate(
  plan: Plan,
  { saver, carry, jobs, check }: ReplicateOptions,
  listener: ReplicateListener,
  signal: AbortSignal,
): Promise<void> {
  if (plan.missingBytes > 0) throw doesNotFit(plan)
  for (const file of plan.carried) {
    try {
      await carry(file, signal)
      listener.carried?.(file)
    } catch (error) {
      signal.throwIfAborted()
      listener.notCarried?.(file, error)
    }
  }
  const images = plan.images.filter((image) => image.state !== 'present')
  const queue = new PQueue({ concurrency: jobs })
  await Promise.all(images.map((image) => queue.add(() => run(image))))
  signal.throwIfAborted()

  async function run(image: ImageToSave): Promise<void> {
    if (signal.aborted) return
    listener.started?.(image)
    try {
      const files = await saver.save(
        image,
        { verify: false, check },
        {
          progress: (progress) => listener.progress?.(image, progress),
          pulling: (progress) => listener.pulling?.(image, progress),
          fetched: (bytes) => listener.fetched?.(image, bytes),
          warned: (message) => listener.warned?.(message),
          waiting: (missingBytes) => listener.waiting?.(image, missingBytes),
        },
        signal,
      )
      listener.saved?.(image, files)
    } catch (error) {
      if (!signal.aborted) listener.failed?.(image, error)
    }
  }
}

function doesNotFit({ destination, writeBytes, carriedBytes, missingBytes }: Plan): AppError {
  return new AppError(
    'no-space',
    `${destination.folder} has ${formatBytes(destination.freeBytes)} free, but this plan needs ${formatBytes(writeBytes + carriedBytes)}: ` +
      `${formatBytes(missingBytes)} are missing.`,
    { hint: 'Select fewer images, or choose another drive.' },
  )
}
