import { stat } from 'node:fs/promises'
import { createHistory } from '../library/history/history.ts'
import { machineFolder } from '../library/history/machine-folder.ts'
import { rememberVerified } from '../library/history/remember-verified.ts'
import type { TarballFiles } from '../library/tarball-files.ts'
import { verifyFiles, type VerifiedFile } from '../library/verify-files.ts'
import { plural } from '../format.ts'
import { printable, printableJson } from '../printable.ts'
import { createLiveLine } from './live-line.ts'
import type { Output } from './output.ts'
import { callersPath } from './paths.ts'

/** Reads every byte of a folder's tarballs, or of files, back. Returns 1 when anything is wrong. */
export async function verifyCommand(
  paths: readonly string[],
  { json }: { json: boolean },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const history = createHistory(machineFolder())
  const live = output.isTerminal && !json ? await createLiveLine() : undefined
  const listener = {
    progress: (doneBytes: number, totalBytes: number): void =>
      live?.update('verifying', doneBytes, totalBytes),
    async verified(file: VerifiedFile, tarball: TarballFiles): Promise<void> {
      live?.clear()
      if (!json) for (const line of fileLines(file)) output.print(printable(line))
      await rememberVerified(history, file, tarball)
    },
  }
  const files: VerifiedFile[] = []
  try {
    for (const target of await targetsOf(paths.map((path) => callersPath(path)))) {
      files.push(...(await verifyFiles(target, listener, signal)).files)
    }
  } finally {
    live?.clear()
  }
  if (files.length === 0) {
    output.complain(`There is no tarball in ${paths.join(', ')}.`)
    if (json) output.print(printableJson({ files }))
    return 1
  }
  const bad = files.filter(({ ok }) => !ok)
  if (json) output.print(printableJson({ files }))
  else {
    const missing = files.filter((file) => labelOf(file) === 'MISSING')
    const partial = files.filter((file) => labelOf(file) === 'PARTIAL')
    const unread = missing.length + partial.length
    const wrong = [
      ...(bad.length > unread ? [`${bad.length - unread} damaged`] : []),
      ...(partial.length > 0 ? [`${partial.length} never finished`] : []),
      ...(missing.length > 0 ? [`${missing.length} missing`] : []),
    ]
    const outcome = wrong.length === 0 ? 'all intact' : wrong.join(', ')
    const noun = files.some(({ file }) => file.startsWith('app/')) ? 'file' : 'tarball'
    output.print(`${plural(files.length - unread, noun)} read${sourceOf(files)}, ${outcome}.`)
  }
  return bad.length > 0 ? 1 : 0
}

/** A cache can make a bad drive look good, never a good one bad: so it is told. */
function sourceOf(files: readonly VerifiedFile[]): string {
  const read = files.filter(({ readFrom }) => readFrom !== undefined)
  if (read.length === 0) return ''
  return read.every(({ readFrom }) => readFrom === 'medium')
    ? ' from the medium'
    : ' possibly from the cache'
}

/** Each folder by itself, and all files together. */
async function targetsOf(
  paths: readonly string[],
): Promise<({ folder: string } | { paths: string[] })[]> {
  const isFolder = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  )
  const folders = paths.filter((_, index) => isFolder[index]).map((folder) => ({ folder }))
  const files = paths.filter((_, index) => !isFolder[index])
  return files.length > 0 ? [...folders, { paths: files }] : folders
}

function labelOf({ ok, problems }: VerifiedFile): string {
  if (ok) return 'ok'
  const [problem] = problems
  if (problem?.kind === 'partial') return 'PARTIAL'
  return problem?.kind === 'missing-file' ? 'MISSING' : 'DAMAGED'
}

function fileLines(verified: VerifiedFile): string[] {
  return [
    `${labelOf(verified).padEnd(7)}  ${verified.file}`,
    ...verified.problems.map((problem) => `         ${problem.detail}${placeInWords(problem)}`),
  ]
}

/** The damage is not always known to the byte: then between which two it lies. */
function placeInWords({ from, to = from }: VerifiedFile['problems'][number]): string {
  if (from === undefined || to === undefined) return ''
  if (from.file !== to.file) {
    return ` (between byte ${from.offset} of ${from.file} and byte ${to.offset} of ${to.file})`
  }
  return to.offset - from.offset <= 1
    ? ` (at byte ${from.offset} of ${from.file})`
    : ` (between bytes ${from.offset} and ${to.offset} of ${from.file})`
}
