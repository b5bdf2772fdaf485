import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { isTarballName } from '../archive/name.ts'
import type { TarballImage } from '../archive/image.ts'
import { isHeld, type ContainerEngine, type EngineFacts, type HeldImage } from '../docker/engine.ts'
import { findTarball, listTarballs, type TarballFiles } from '../library/tarball-files.ts'
import { readContents, type TarballContents } from './contents.ts'
import { objection, shortage, spaceNeeded, type SpaceNeeded } from './suitability.ts'
import { unknownImage } from './unknown-image.ts'

export interface LoadRequest {
  /** Folders, and tarballs by their file, a part, or what their parts have in common. */
  readonly paths: readonly string[]
  /** Only tarballs that hold one of these, in full or by their end (`pytorch:24.01-py3`); all when empty. */
  readonly images?: readonly string[]
}

/** What loading will do, known before it begins. */
export interface LoadPlan {
  readonly engine: EngineFacts
  readonly items: readonly LoadItem[]
}

/** One tarball. */
export type LoadItem =
  | (LoadItemBase & { readonly state: 'load'; readonly space: SpaceNeeded })
  /** The engine has all its images, some of them without these names. */
  | (LoadItemBase & { readonly state: 'tag'; readonly tags: readonly MissingTag[] })
  /** The engine has all its images under all their names. */
  | (LoadItemBase & { readonly state: 'held' })
  | {
      readonly state: 'refused'
      readonly file: string
      readonly references: readonly string[]
      readonly error: AppError
    }

export interface LoadItemBase {
  /** Name of the tarball. */
  readonly file: string
  readonly files: TarballFiles
  readonly references: readonly string[]
  readonly sizeBytes: number
  readonly images: readonly TarballImage[]
}

export interface MissingTag {
  readonly id: string
  readonly reference: string
}

/**
 * Looks into the tarballs and asks the engine what it holds; loads nothing. What cannot be loaded is refused here, with the
 * reason: damaged, not for this engine, too little space. Throws AppError `usage` for an image that none of the tarballs holds,
 * `not-found` for a path that is not there, and the engine's own errors.
 */
export async function planLoad(
  { paths, images = [] }: LoadRequest,
  engine: ContainerEngine,
  signal?: AbortSignal,
): Promise<LoadPlan> {
  const tarballs = await tarballsAt(paths)
  const unknown = new Set(images)
  const heldLayers = new Set<string>(await engine.layers(signal))
  const items: LoadItem[] = []
  const unreadable: AppError[] = []
  let keptBytes = 0
  for (const files of tarballs) {
    signal?.throwIfAborted()
    const contents = await contentsOf(files, signal)
    if (contents instanceof AppError) {
      unreadable.push(contents)
      if (images.length > 0) continue
      items.push({ state: 'refused', file: files.name, references: [], error: contents })
      continue
    }
    const references = contents.images.flatMap((image) => image.references)
    const named = images.filter((image) => references.some((one) => isNamed(one, image)))
    for (const image of named) unknown.delete(image)
    if (images.length > 0 && named.length === 0) continue
    const item = await judge(files, contents, engine, { heldLayers, keptBytes }, signal)
    items.push(item)
    if (item.state !== 'load') continue
    keptBytes += item.space.keptBytes
    for (const { id } of contents.layers) if (id !== undefined) heldLayers.add(id)
  }
  const [first] = unknown
  if (first !== undefined && tarballs.length > 0) throw unknownImage(first, unreadable)
  return { engine: engine.facts, items }
}

/** The name by which the engine will know an image: the first that is whole, else its id. */
export function nameOf({ references, configDigest, digest }: TarballImage): string | undefined {
  return references.find(isWhole) ?? configDigest ?? digest
}

/** OCI's archives may name a tag only, and a digest is no name that an engine keeps. */
export function isWhole(reference: string): boolean {
  return !reference.includes('@') && /[/:]/.test(reference)
}

async function tarballsAt(paths: readonly string[]): Promise<TarballFiles[]> {
  const found = new Map<string, TarballFiles>()
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    )
    const tarballs = isFolder
      ? (await listTarballs(path)).filter((files) => isTarballName(files.name) && !files.isPartial)
      : [await findTarball(path)]
    for (const files of tarballs) found.set(join(files.folder, files.name), files)
  }
  return [...found.values()]
}

async function contentsOf(
  files: TarballFiles,
  signal?: AbortSignal,
): Promise<TarballContents | AppError> {
  try {
    return await readContents(files, signal)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof AppError) return error
    throw error
  }
}

async function judge(
  files: TarballFiles,
  contents: TarballContents,
  engine: ContainerEngine,
  before: { readonly heldLayers: ReadonlySet<string>; readonly keptBytes: number },
  signal?: AbortSignal,
): Promise<LoadItem> {
  const { images, sizeBytes } = contents
  const references = images.flatMap((image) => image.references)
  const base = { file: basename(files.name), files, references, sizeBytes, images }
  const missing = await missingTags(images, engine, signal)
  if (missing !== undefined) {
    return missing.length === 0
      ? { ...base, state: 'held' }
      : { ...base, state: 'tag', tags: missing }
  }
  const { facts } = engine
  const space = spaceNeeded(contents, facts, before.heldLayers)
  const needed = { ...space, keptBytes: before.keptBytes + space.keptBytes }
  const error = objection(contents, facts) ?? shortage(needed, facts)
  return error === undefined
    ? { ...base, state: 'load', space }
    : { state: 'refused', file: base.file, references, error }
}

/** Names that the engine lacks for images that it has; undefined when it lacks an image. */
async function missingTags(
  images: readonly TarballImage[],
  engine: ContainerEngine,
  signal?: AbortSignal,
): Promise<MissingTag[] | undefined> {
  const missing: MissingTag[] = []
  for (const image of images) {
    const held: HeldImage[] = []
    const lacking: string[] = []
    for (const reference of image.references.filter(isWhole)) {
      const found = await engine.find(reference, signal)
      if (found !== undefined && isHeld(image, found)) held.push(found)
      else lacking.push(reference)
    }
    const byId = held[0] ?? (await findById(image, engine, signal))
    if (byId === undefined) return undefined
    missing.push(...lacking.map((reference) => ({ id: byId.id, reference })))
  }
  return missing
}

export async function findById(
  image: TarballImage,
  engine: ContainerEngine,
  signal?: AbortSignal,
): Promise<HeldImage | undefined> {
  for (const digest of [image.configDigest, image.digest]) {
    const found = digest && (await engine.find(digest, signal))
    if (found !== undefined && isHeld(image, found)) return found
  }
  return undefined
}

function isNamed(reference: string, wanted: string): boolean {
  return reference === wanted || reference.endsWith(`/${wanted}`)
}
