import { Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import type { TarballImage } from '../archive/image.ts'
import { openTarball, type Tarball } from '../archive/parts.ts'
import { isHeld, type ContainerEngine } from '../docker/engine.ts'
import { pathsOf } from '../library/tarball-files.ts'
import { findById, isWhole, type LoadItem, type LoadPlan } from './load-plan.ts'

/** What happens to the tarballs of a plan, as it happens. */
export interface LoadListener {
  started?(item: ItemToLoad): void
  progress?(item: ItemToLoad, progress: LoadProgress): void
  /** The engine has it, and its id was compared. */
  loaded?(item: ItemToLoad): void
  /** The engine had it and gave it its missing names. */
  tagged?(item: Extract<LoadItem, { state: 'tag' }>): void
  /** The engine has it already. */
  skipped?(item: Extract<LoadItem, { state: 'held' }>): void
  failed?(item: LoadItem, error: unknown): void
}

export type ItemToLoad = Extract<LoadItem, { state: 'load' }>

export interface LoadProgress {
  /** Unpacking: the engine has all the bytes, and goes on by itself; it does not tell how far it is. */
  readonly phase: 'reading' | 'unpacking'
  /** Of the tarball, out of `sizeBytes`. */
  readonly readBytes: number
}

/**
 * Does what a plan says, one tarball after another: an engine gains nothing from two at once. What fails is told to the
 * listener and stops nothing else. After each, the engine is asked for its images, and their ids are compared with the
 * tarball's. Throws the signal's reason.
 */
export async function load(
  plan: LoadPlan,
  engine: ContainerEngine,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<void> {
  for (const item of plan.items) {
    signal.throwIfAborted()
    try {
      if (item.state === 'refused') throw item.error
      if (item.state === 'held') listener.skipped?.(item)
      if (item.state === 'tag') {
        for (const { id, reference } of item.tags) await engine.tag(id, reference, signal)
        listener.tagged?.(item)
      }
      if (item.state === 'load') {
        listener.started?.(item)
        await loadOne(item, engine, listener, signal)
        listener.loaded?.(item)
      }
    } catch (error) {
      signal.throwIfAborted()
      listener.failed?.(item, error)
    }
  }
}

async function loadOne(
  item: ItemToLoad,
  engine: ContainerEngine,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<void> {
  const tarball = await openTarball(pathsOf(item.files))
  try {
    const told = counted(tarball, (progress) => listener.progress?.(item, progress), signal)
    await engine.load(Readable.from(told, { objectMode: false }), {}, signal)
  } finally {
    await tarball.close()
  }
  for (const image of item.images) await compare(image, engine, signal)
}

async function* counted(
  tarball: Tarball,
  tell: (progress: LoadProgress) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let readBytes = 0
  for await (const chunk of tarball.stream(0, tarball.sizeBytes, signal)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('not a stream of bytes')
    readBytes += chunk.length
    yield chunk
    tell({ phase: 'reading', readBytes })
  }
  tell({ phase: 'unpacking', readBytes })
}

/** Throws AppError `digest-mismatch` unless the engine has this very image under each of its names. */
async function compare(
  image: TarballImage,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> {
  const names = image.references.filter(isWhole)
  for (const name of names) {
    const held = await engine.find(name, signal)
    if (held === undefined) {
      throw new AppError('engine', `${engine.facts.name} took ${name}, but does not have it.`)
    }
    if (!isHeld(image, held)) {
      throw new AppError(
        'digest-mismatch',
        `${engine.facts.name} has another image under ${name} than the tarball: ${held.id}.`,
        { hint: 'Verify the tarball; if it is intact, something else changed that name.' },
      )
    }
  }
  // containerd knows images by their names only.
  if (names.length > 0 || engine.facts.kind === 'containerd') return
  if ((await findById(image, engine, signal)) === undefined) {
    throw new AppError('engine', `${engine.facts.name} took the image, but does not have it.`)
  }
}
