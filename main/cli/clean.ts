import { stat } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'
import { lockFolder } from '../disk/lock.ts'
import { formatBytes, plural } from '../format.ts'
import { listLeftovers, removeLeftovers } from '../library/leftovers.ts'
import type { Output } from './output.ts'
import { printable, printableJson } from '../printable.ts'
import { callersPath } from './paths.ts'

/** Removes what earlier runs left unfinished in a folder, or only lists it. Returns 0. */
export async function cleanCommand(
  path: string,
  { dryRun, json }: { dryRun: boolean; json: boolean },
  output: Output,
): Promise<number> {
  const folder = callersPath(path)
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new AppError('not-found', `The folder ${folder} does not exist.`)
  // What another run is writing is no leftover.
  const unlock = dryRun ? undefined : await lockFolder(folder)
  try {
    const leftovers = await listLeftovers(folder)
    if (!dryRun) await removeLeftovers(folder, leftovers)
    const bytes = leftovers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    if (json) {
      output.print(printableJson({ folder, removed: !dryRun, leftovers }))
      return 0
    }
    for (const { name, sizeBytes, files } of leftovers) {
      output.print(
        printable(
          `${formatBytes(sizeBytes).padStart(8)}  ${name} (${plural(files.length, 'file')})`,
        ),
      )
    }
    const removed = dryRun ? '' : ', removed'
    const what =
      leftovers.length === 0
        ? 'nothing is unfinished'
        : `${plural(leftovers.length, 'unfinished tarball')}, ${formatBytes(bytes)}${removed}`
    output.print(printable(`${folder}: ${what}.`))
    return 0
  } finally {
    await unlock?.()
  }
}
