import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../api/errors.ts'
import { parseFileName } from '../archive/name.ts'
import { driveFileNames } from '../drive-files/names.ts'

/** The files that make one tarball, or one file that may be one. */
export interface TarballFiles {
  readonly folder: string
  /** Of the tarball: of its one file, or without the number of a part; with `.partial` while it is unfinished. */
  readonly name: string
  /** Names within the folder, in order; one, or the parts. */
  readonly files: readonly string[]
  readonly isInParts: boolean
  readonly isPartial: boolean
  /** Numbers of parts that should be between the first and the last, and are not. */
  readonly missingParts: readonly number[]
}

/**
 * The tarballs of a folder by the names of its files, and whatever else lies there and might be one. Looks at names only;
 * links, devices, pipes, folders and hidden files are passed over, and so are the files that we put beside tarballs.
 * Throws AppError `not-found` or `destination`.
 */
export async function listTarballs(folder: string): Promise<TarballFiles[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw isMissing
      ? new AppError('not-found', `The folder ${folder} does not exist.`, { cause })
      : new AppError('destination', `The folder ${folder} cannot be read.`, { cause })
  })
  const names = entries
    .filter((entry) => entry.isFile() && !ours.has(entry.name) && !SIDECAR.test(entry.name))
    .map((entry) => entry.name)
    .toSorted((a, b) => (a < b ? -1 : 1))
  return group(folder, names)
}

/** The tarball that a path names: a file, one of its parts, or the name that its parts have in common. */
export async function findTarball(path: string): Promise<TarballFiles> {
  const folder = dirname(resolve(path))
  const file = basename(path)
  const wanted = parseFileName(file)
  const isFile = await lstat(path).then(
    (stats) => stats.isFile() || stats.isSymbolicLink(),
    () => false,
  )
  if (isFile && wanted.part === undefined) {
    // A link that the user names is meant.
    const real = await realpath(path)
    return single(dirname(real), basename(real))
  }
  const groups = await listTarballs(folder)
  const found = groups.find(
    (tarball) =>
      tarball.isInParts &&
      tarball.isPartial === wanted.isPartial &&
      parseFileName(tarball.name).name === wanted.name,
  )
  if (found === undefined) throw new AppError('not-found', `${path} does not exist.`)
  return found
}

/** What lies beside tarballs and is none: ours, the seed's, and what systems leave on drives. */
const SIDECAR =
  /^(?:\..*|SHA256SUMS|state\.yml|.*\.(?:md|html|jsonl?|journal)|desktop\.ini|thumbs\.db)$/i
const ours = new Set<string>(Object.values(driveFileNames))

function group(folder: string, names: readonly string[]): TarballFiles[] {
  const groups = new Map<string, Found[]>()
  for (const file of names) {
    const found = { file, ...parseFileName(file) }
    const key =
      found.part === undefined ? file : found.name + (found.isPartial ? OF_PARTIAL : OF_FINAL)
    groups.set(key, [...(groups.get(key) ?? []), found])
  }
  return mergeHalfRenamed(groups).map((found) => describe(folder, found))
}

/** No file name holds a slash. */
const OF_PARTIAL = '/partial'
const OF_FINAL = '/final'

interface Found {
  readonly file: string
  readonly name: string
  readonly part?: number
  readonly isPartial: boolean
}

/** Parts get their names one by one: a program that ended meanwhile left some of each kind, and none of both. */
function mergeHalfRenamed(groups: Map<string, Found[]>): Found[][] {
  for (const [key, partial] of groups) {
    if (!key.endsWith(OF_PARTIAL)) continue
    const finalKey = key.slice(0, -OF_PARTIAL.length) + OF_FINAL
    const final = groups.get(finalKey) ?? []
    const numbers = new Set(final.map(({ part }) => part))
    if (partial.some(({ part }) => numbers.has(part))) continue
    groups.set(key, [...partial, ...final])
    groups.delete(finalKey)
  }
  return [...groups.values()]
}

function describe(folder: string, found: readonly Found[]): TarballFiles {
  const [first] = found
  if (first?.part === undefined) return single(folder, first?.file ?? '')
  const parts = found.toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0))
  const numbers = new Set(parts.map(({ part }) => part))
  const last = parts.at(-1)?.part ?? 0
  const isPartial = parts.some((part) => part.isPartial)
  return {
    folder,
    name: isPartial ? `${first.name}.partial` : first.name,
    files: parts.map(({ file }) => file),
    isInParts: true,
    isPartial,
    missingParts: Array.from({ length: last }, (_, number) => number).filter(
      (number) => !numbers.has(number),
    ),
  }
}

function single(folder: string, file: string): TarballFiles {
  const { isPartial } = parseFileName(file)
  return { folder, name: file, files: [file], isInParts: false, isPartial, missingParts: [] }
}

export function pathsOf({ folder, files }: TarballFiles): string[] {
  return files.map((file) => join(folder, file))
}
