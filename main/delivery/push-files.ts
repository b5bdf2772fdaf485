import { stat } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'
import { isTarballName } from '../archive/name.ts'
import { findTarball, listTarballs, type TarballFiles } from '../library/tarball-files.ts'
import type { PlanFailure } from '../plan/plan.ts'
import { formatReference, type Reference } from '../registry/reference.ts'
import { pushableIn } from './push-tarball.ts'
import { unknownImage } from './unknown-image.ts'
import type { PushableImage } from './pushable-image.ts'

export interface FoundImages {
  readonly images: readonly PushableImage[]
  /** Tarballs that cannot be pushed. */
  readonly failures: readonly PlanFailure[]
}

/**
 * The images in folders and tarballs, all or only those that are named: in full, or by the end of the name, with or
 * without the tag. Throws AppError `usage` for a name that nothing has, `not-found` for a path.
 */
export async function findPushable(
  paths: readonly string[],
  names: readonly string[] = [],
  signal?: AbortSignal,
): Promise<FoundImages> {
  const images: PushableImage[] = []
  const failures: PlanFailure[] = []
  for (const { files, isNamed } of await tarballsOf(paths)) {
    try {
      images.push(...(await pushableIn(files, signal)))
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof AppError)) throw error
      // A holiday picture on the stick is no failure; a tarball that is none may be one.
      const isPicture = error.code === 'foreign' && !isNamed && !isTarballName(files.name)
      if (!isPicture) failures.push({ subject: files.name, error })
    }
  }
  const isNothing = images.length === 0 && failures.length === 0
  if (names.length === 0 || isNothing) return { images, failures }
  for (const name of names) {
    if (images.some(({ reference }) => isCalled(reference, name))) continue
    throw unknownImage(
      name,
      failures.map(({ error }) => error),
    )
  }
  const wanted = images.filter(({ reference }) => names.some((name) => isCalled(reference, name)))
  return { images: wanted, failures: [] }
}

function isCalled(reference: Reference, name: string): boolean {
  const { registry, repository } = reference
  return [formatReference(reference), `${registry}/${repository}`].some(
    (full) => full === name || full.endsWith(`/${name}`),
  )
}

async function tarballsOf(
  paths: readonly string[],
): Promise<{ files: TarballFiles; isNamed: boolean }[]> {
  const found = new Map<string, { files: TarballFiles; isNamed: boolean }>()
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    )
    const tarballs = isFolder ? await listTarballs(path) : [await findTarball(path)]
    for (const files of tarballs) {
      found.set(`${files.folder}/${files.name}`, { files, isNamed: !isFolder })
    }
  }
  return [...found.values()]
}
