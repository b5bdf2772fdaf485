import { join } from 'node:path'
import { AppError, messageOf } from '../api/errors.ts'
import { makeFolder } from '../disk/destination.ts'
import type { ReadFrom } from '../disk/past-cache.ts'
import { removeFiles } from '../disk/durable.ts'
import type { DriveFiles } from '../drive-files/drive-files.ts'
import { savedImage } from '../library/saved-image.ts'
import type { WrittenFile } from '../archive/destination-files.ts'
import { journalName } from '../archive/name.ts'
import { openTarball } from '../archive/parts.ts'
import { verifyTarball } from '../archive/verify.ts'
import type { WriteProgress } from '../archive/write.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Checksums } from '../state/checksums.ts'
import { saveDescription } from '../state/description.ts'
import type { StateFile } from '../state/state-file.ts'
import type { HeldBlobs } from './held-blobs.ts'
import type { PullProgress } from '../docker/pull.ts'
import type { DockerSaveParts } from './save-from-docker.ts'
import type { SaveParts } from './save-parts.ts'

export interface SaverParts {
  readonly folder: string
  /** Writes the tarball of one image: from the registry, or through an engine. */
  readonly saveImage: SaveImage
  readonly state: StateFile
  readonly checksums: Checksums
  readonly driveFiles: DriveFiles
  readonly held: HeldBlobs
  /** A repository's markdown, where its catalogue has one. */
  descriptionOf(image: ImageToSave, signal: AbortSignal): Promise<string | undefined>
  readonly maxFileSizeBytes?: number | undefined
}

export type SaveImage = (
  image: ImageToSave,
  parts: Omit<SaveParts, 'source'> & DockerSaveParts,
  signal: AbortSignal,
) => Promise<readonly WrittenFile[]>

/** What happens to one image, as it happens. */
export interface SaveListener {
  progress?(progress: WriteProgress): void
  /** An engine is pulling it; heard of only when that is the source. */
  pulling?(progress: PullProgress): void
  /** Bytes that came over the line. */
  fetched?(bytes: number): void
  /** Bytes read back so far; heard of only when it was asked for. */
  verified?(bytes: number): void
  /** Told once before that: whether the medium itself answers, or possibly the system's cache. */
  readingBack?(from: ReadFrom): void
  /** What the user should know, and it goes on. */
  warned?(message: string): void
  /** The drive is full, and so many bytes are missing; it goes on by itself when there is room. */
  waiting?(missingBytes: number): void
}

export interface SaveOptions {
  /** Read it back when it is written. */
  readonly verify: boolean
  /** Read again what an earlier run wrote, instead of trusting its journal. */
  readonly check?: boolean | undefined
}

/** Saves images into one folder, several at once if need be. Those of one folder share its state and its checksums. */
export interface Saver {
  /**
   * Writes the tarball, reads it back if asked to, and makes its checksums durable, then its entry in state.yml, then the
   * drive's own files and its description: what is recorded is there. Throws what `saveImage` throws, and AppError `damaged`
   * when the drive gives other bytes than it was given. What was written when it throws is gone on with by the next call.
   */
  save(
    image: ImageToSave,
    options: SaveOptions,
    listener: SaveListener,
    signal: AbortSignal,
  ): Promise<readonly WrittenFile[]>
}

/** Nothing is made or written before the first image. */
export function createSaver(parts: SaverParts): Saver {
  const { folder, saveImage, state, checksums, driveFiles, held, maxFileSizeBytes } = parts
  const described = new Map<string, Promise<void>>()
  const told = new Set<string>()

  return {
    async save(image, { verify, check }, listener, signal) {
      await makeFolder(folder)
      const onProgress = (progress: WriteProgress): void => listener.progress?.(progress)
      const onFetched = (bytes: number): void => listener.fetched?.(bytes)
      const onWarned = (message: string): void => listener.warned?.(message)
      const onWaiting = (missingBytes: number): void => listener.waiting?.(missingBytes)
      const onPulling = (progress: PullProgress): void => listener.pulling?.(progress)
      const hooks = { onProgress, onPulling, onFetched, onWarned, onWaiting }
      const files = await saveImage(
        image,
        { held, folder, maxFileSizeBytes, check, ...hooks },
        signal,
      )
      if (verify) await readBack(image, files, listener, signal)
      await checksums.replace(image.name, files)
      const { repository, tag, changeKey } = image.stateEntry
      await state.record(repository, tag, changeKey)
      await removeFiles([join(folder, journalName(image.name))])
      // Neither throws, and the line is waited for beside the drive.
      await Promise.all([explain(image, files, listener), describeOnce(image, listener, signal)])
      return files
    },
  }

  async function readBack(
    image: ImageToSave,
    files: readonly WrittenFile[],
    listener: SaveListener,
    signal: AbortSignal,
  ): Promise<void> {
    const paths = files.map(({ name }) => join(folder, name))
    const tarball = await openTarball(paths)
    const sums = files.map(({ sha256 }) => sha256)
    const onProgress = (bytes: number): void => listener.verified?.(bytes)
    const onSource = (from: ReadFrom): void => listener.readingBack?.(from)
    let problems
    try {
      problems = await verifyTarball(tarball, { sums, onProgress, onSource }, signal)
    } finally {
      await tarball.close()
    }
    const [problem] = problems
    if (problem === undefined) return
    held.forget(image.name)
    await removeFiles([...paths, join(folder, journalName(image.name))])
    throw new AppError(
      'damaged',
      `The drive gave other bytes back than were written to it: ${problem.detail}`,
      { hint: 'Try again; if it stays so, the drive is failing. Choose another one.' },
    )
  }

  /** The drive's own files are worth a word, and no image. */
  async function explain(
    image: ImageToSave,
    files: readonly WrittenFile[],
    listener: SaveListener,
  ): Promise<void> {
    try {
      for (const file of await driveFiles.update(savedImage(image, files))) {
        if (told.has(file)) continue
        told.add(file)
        listener.warned?.(`${file} in ${folder} is not ours, and was left as it is.`)
      }
    } catch (error) {
      listener.warned?.(
        `The inventory of ${folder} was not brought up to date: ${messageOf(error)}`,
      )
    }
  }

  /** A description that cannot be had must not fail an image that was saved. */
  function describeOnce(
    image: ImageToSave,
    listener: SaveListener,
    signal: AbortSignal,
  ): Promise<void> {
    const { repository } = image.stateEntry
    const written = described.get(repository) ?? describe(image, listener, signal)
    described.set(repository, written)
    return written
  }

  async function describe(
    image: ImageToSave,
    listener: SaveListener,
    signal: AbortSignal,
  ): Promise<void> {
    const { repository } = image.stateEntry
    try {
      const markdown = await parts.descriptionOf(image, signal)
      if (markdown) await saveDescription(folder, repository, markdown)
    } catch (error) {
      if (signal.aborted) described.delete(repository)
      else listener.warned?.(`The description of ${repository} was not saved: ${messageOf(error)}`)
    }
  }
}
