import { lstat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import PQueue from 'p-queue'
import { messageOf } from '../api/errors.ts'
import type { Problem } from '../archive/check.ts'
import { checkBytes } from '../archive/check-bytes.ts'
import { isTarballName, parseFileName, partName } from '../archive/name.ts'
import { openTarball } from '../archive/parts.ts'
import { verifyTarball, type VerifyOptions } from '../archive/verify.ts'
import type { ReadFrom } from '../disk/past-cache.ts'
import { isCarried } from '../carried-app/carried-file.ts'
import { CHECKSUMS_NAME, damagedChecksumLines, readChecksums } from '../state/checksums.ts'
import { findTarball, listTarballs, pathsOf, type TarballFiles } from './tarball-files.ts'

/** What came of verifying, as `verify --json` prints it. */
export interface Verification {
  readonly files: readonly VerifiedFile[]
}

export interface VerifiedFile {
  /** As the user named it; within a folder its name there. */
  readonly file: string
  readonly ok: boolean
  readonly problems: readonly Problem[]
  /** Where its bytes came from: `cache` where it may have been the system's. Absent when none were read. */
  readonly readFrom?: ReadFrom
}

export interface VerifyListener {
  /** Bytes read of all files so far, and in total. */
  progress?(doneBytes: number, totalBytes: number): void
  /** As each file ends; waited for. */
  verified?(file: VerifiedFile, tarball: TarballFiles): void | Promise<void>
}

/**
 * Reads every byte of the tarballs back, several at once: those of a folder with all that its SHA256SUMS tells of, or files
 * named one by one. The parts of a tarball are one file. A file that cannot be read is a problem of its own; throws
 * AppError `not-found` for a folder or file that is not there.
 */
export async function verifyFiles(
  target: { readonly folder: string } | { readonly paths: readonly string[] },
  listener: VerifyListener = {},
  signal?: AbortSignal,
): Promise<Verification> {
  const tasks =
    'folder' in target ? await folderTasks(target.folder) : await pathTasks(target.paths)
  const totalBytes = tasks.reduce((sum, task) => sum + task.sizeBytes, 0)
  let doneBytes = 0
  const queue = new PQueue({ concurrency: availableParallelism() })
  const files = await Promise.all(
    tasks.map((task) =>
      queue.add(async (): Promise<VerifiedFile> => {
        let ownBytes = 0
        let readFrom: ReadFrom | undefined
        const problems = await verifyTask(
          task,
          {
            onProgress(bytes) {
              doneBytes += bytes - ownBytes
              ownBytes = bytes
              listener.progress?.(doneBytes, totalBytes)
            },
            onSource: (source) => (readFrom = source),
          },
          signal,
        )
        const file = {
          file: task.file,
          ok: problems.length === 0,
          problems,
          ...(readFrom && { readFrom }),
        }
        await listener.verified?.(file, task.tarball)
        return file
      }),
    ),
  )
  return { files: [...files, ...('folder' in target ? await verifyChecksums(target.folder) : [])] }
}

/** The list of checksums itself, where it is damaged. */
async function verifyChecksums(folder: string): Promise<VerifiedFile[]> {
  const lines = await damagedChecksumLines(folder)
  if (lines.length === 0) return []
  const detail = `Not a checksum and a name: line ${lines.slice(0, 10).join(', ')}${lines.length > 10 ? ', and more' : ''}.`
  const file = CHECKSUMS_NAME
  return [{ file, ok: false, problems: [{ kind: 'checksum', detail, from: { file, offset: 0 } }] }]
}

interface Task {
  readonly file: string
  readonly tarball: TarballFiles
  readonly sums: ReadonlyMap<string, string>
  readonly sizeBytes: number
}

async function folderTasks(folder: string): Promise<Task[]> {
  const sums = await readChecksums(folder)
  const tarballs = (await listTarballs(folder)).filter(
    ({ name, files }) => isTarballName(name) || files.some((file) => sums.has(file)),
  )
  const found = new Set(tarballs.flatMap(({ files }) => files))
  // What SHA256SUMS tells of and is no tarball, or not there; a missing part is told with its tarball.
  const inParts = new Set(tarballs.flatMap(({ name, isInParts }) => (isInParts ? [name] : [])))
  const others = [...sums.keys()].filter(
    (file) =>
      !found.has(file) &&
      !inParts.has(parseFileName(file).name) &&
      (isCarried(file) || !/[/\\]/.test(file)),
  )
  const tasks = [...tarballs, ...others.map((file) => alone(folder, file))]
  return await Promise.all(tasks.map((tarball) => createTask(tarball.name, tarball, sums)))
}

async function pathTasks(paths: readonly string[]): Promise<Task[]> {
  const tasks = new Map<string, Promise<Task>>()
  for (const path of paths) {
    // Told as a problem of its own when it is read, and no reason to leave out the others.
    const tarball = await findTarball(path).catch(() => alone(dirname(path), basename(path)))
    const key = join(tarball.folder, tarball.name)
    const name = tarball.isInParts ? path.replace(/\.\d{3}(\.partial)?$/, '$1') : path
    if (!tasks.has(key)) {
      tasks.set(
        key,
        readChecksums(tarball.folder).then((sums) => createTask(name, tarball, sums)),
      )
    }
  }
  return await Promise.all(tasks.values())
}

async function createTask(
  file: string,
  tarball: TarballFiles,
  sums: ReadonlyMap<string, string>,
): Promise<Task> {
  const sizes = await Promise.all(
    pathsOf(tarball).map((path) =>
      lstat(path).then(
        (stats) => stats.size,
        () => 0,
      ),
    ),
  )
  return { file, tarball, sums, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) }
}

async function verifyTask(
  { tarball, sums }: Task,
  listener: Pick<VerifyOptions, 'onProgress' | 'onSource'>,
  signal?: AbortSignal,
): Promise<Problem[]> {
  if (tarball.isPartial) return [{ kind: 'partial', detail: 'It was never finished.' }]
  const unfinished = missingParts(tarball, sums)
  try {
    const opened = await openTarball(pathsOf(tarball))
    try {
      const options = { sums: tarball.files.map((file) => sums.get(file)), ...listener }
      // A file that the user names is taken for a tarball, unless a checksum tells what it must be.
      const isTarball =
        (isTarballName(tarball.name) && !isCarried(tarball.name)) ||
        !tarball.files.some((file) => sums.has(file))
      const found = isTarball
        ? await verifyTarball(opened, options, signal)
        : await checkBytes(opened, [], options, signal)
      return [...unfinished, ...found]
    } finally {
      await opened.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    const isMissing = error instanceof Error && 'code' in error && error.code === 'not-found'
    return [
      ...unfinished,
      { kind: isMissing ? 'missing-file' : 'unreadable', detail: messageOf(error) },
    ]
  }
}

/** Gaps between the parts, and what SHA256SUMS tells of after the last of them. */
function missingParts(tarball: TarballFiles, sums: ReadonlyMap<string, string>): Problem[] {
  if (!tarball.isInParts) return []
  const gaps = tarball.missingParts.map((number) => partName(tarball.name, number))
  const listed = [...sums.keys()].filter(
    (file) => parseFileName(file).name === tarball.name && !tarball.files.includes(file),
  )
  const missing = listed.length > 0 ? listed : gaps
  return missing.map((part) => {
    const place = { file: part, offset: 0 }
    return { kind: 'missing-part', detail: `${part} is missing.`, from: place, to: place }
  })
}

function alone(folder: string, file: string): TarballFiles {
  return { folder, name: file, files: [file], isInParts: false, isPartial: false, missingParts: [] }
}
