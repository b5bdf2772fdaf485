import { join } from 'node:path'
import { hasApp } from '../carried-app/carry.ts'
import { isTarballName, parseFileName } from '../archive/name.ts'
import { inventory, type Inventory, type LibraryImage } from '../library/inventory.ts'
import { listTarballs, type TarballFiles } from '../library/tarball-files.ts'
import { inventoryDocuments } from './documents.ts'
import { loadPs1, loadSh } from './load-scripts.ts'
import { driveFileNames } from './names.ts'
import { writeUnlessForeign } from './ours.ts'
import { readme } from './readme.ts'

/** The files that let a drive explain itself, kept up to date as images are saved. */
export interface DriveFiles {
  /**
   * Brings all of them up to date, each atomically and durably; with a tarball that was just saved, in place of what was
   * known of it. Tarballs are read only where others came meanwhile. Calls may overlap: what waits is written at once.
   * Returns the files that are not ours and were left as they are.
   */
  update(saved?: LibraryImage): Promise<readonly string[]>
}

/** `found` is what the folder held when it was opened. */
export function createDriveFiles(
  folder: string,
  found: Pick<Inventory, 'images' | 'problems'>,
): DriveFiles {
  let { images, problems } = found
  let writing: Promise<unknown> = Promise.resolve()
  let waiting: Promise<readonly string[]> | undefined
  let hasPrograms = false

  /** Another run may have saved here since the folder was read. */
  const lookAgain = async (): Promise<void> => {
    const known = new Set(images.map(({ file }) => file))
    const isUnknown = ({ name, isPartial }: TarballFiles): boolean => !isPartial && !known.has(name)
    if ((await listTarballs(folder)).some(isUnknown)) {
      ;({ images, problems } = await inventory(folder))
    }
  }

  const write = async (): Promise<readonly string[]> => {
    waiting = undefined
    await lookAgain()
    const foreign: string[] = []
    const put = async ([name, content, mode]: DriveFile): Promise<void> => {
      const isWritten = await writeUnlessForeign(join(folder, name), content, mode)
      if (!isWritten) foreign.push(name)
    }
    const shown = images.filter(isWorthAWord)
    const inventories = inventoryDocuments(shown, problems, await hasApp(folder))
    await allOf([...inventories].map(put))
    if (!hasPrograms) await allOf(programs.map(put))
    hasPrograms = true
    return foreign.toSorted()
  }

  return {
    update(saved) {
      if (saved !== undefined) {
        const isOther = ({ file }: { file: string }): boolean =>
          parseFileName(file).name !== saved.file
        images = [...images.filter(isOther), saved].toSorted((a, b) => (a.file < b.file ? -1 : 1))
        problems = problems.filter(isOther)
      }
      waiting ??= writing.then(write)
      writing = waiting.catch(() => undefined)
      return waiting
    },
  }
}

/** Side by side: a slow drive takes hardly longer for three than for one. Each comes to its end, before another update. */
async function allOf(writing: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(writing)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

type DriveFile = readonly [name: string, content: string, mode?: number]

const programs: readonly DriveFile[] = [
  [driveFileNames.loadSh, loadSh, 0o755],
  [driveFileNames.loadPs1, loadPs1],
  [driveFileNames.readme, readme],
]

/** Holiday pictures on the stick are nobody's business. */
function isWorthAWord({ status, file }: LibraryImage): boolean {
  return status !== 'foreign' || isTarballName(file)
}
