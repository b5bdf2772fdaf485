import { stat } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'
import { occupyFolder } from '../disk/lock.ts'
import { createDriveFiles } from '../drive-files/drive-files.ts'
import { pageOf } from '../drive-files/documents.ts'
import { createHistory } from '../library/history/history.ts'
import { machineFolder } from '../library/history/machine-folder.ts'
import { historyOf } from '../library/history/of-image.ts'
import { imageFitness, type Driver } from '../library/driver.ts'
import { readOwnDriver } from '../library/own-driver.ts'
import {
  inventory,
  inventoryOfTarball,
  type Inventory,
  type LibraryImage,
} from '../library/inventory.ts'
import { totalsOf } from '../library/totals.ts'
import { formatBytes, plural } from '../format.ts'
import { printable, printableJson } from '../printable.ts'
import type { Output } from './output.ts'
import { callersPath } from './paths.ts'

export interface InventoryOptions {
  readonly json: boolean
  readonly html: boolean
  readonly update: boolean
  readonly driver?: string
}

/** What a folder holds, or one tarball. Returns 0, also where it holds torn or foreign files: they are listed, nothing failed. */
export async function inventoryCommand(
  folder: string,
  { json, html, update, driver: named }: InventoryOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const driver = named === undefined ? undefined : await driverOf(named, signal)
  const path = callersPath(folder)
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (update && !isFolder) throw new AppError('usage', `--update needs a folder, not ${path}.`)
  const found = await (isFolder ? inventory : inventoryOfTarball)(path, signal)
  if (update) {
    for (const file of await updateDrive(found)) {
      output.complain(printable(`${file} is not ours, and was left as it is.`))
    }
  }
  if (json) output.print(printableJson(await withMore(found, driver)))
  else if (html)
    output.print(pageOf(found.images, found.problems, `Inventory of ${found.folder}`).trimEnd())
  else for (const line of inventoryLines(found, driver)) output.print(printable(line))
  return 0
}

/** `535.104.05`, or `here` for this machine's. Throws AppError `usage`. */
async function driverOf(named: string, signal: AbortSignal): Promise<Driver> {
  if (/^\d+(?:\.\d+)+$/.test(named)) return { version: named }
  const own = named === 'here' ? await readOwnDriver(signal) : undefined
  if (own !== undefined) return own
  throw new AppError(
    'usage',
    named === 'here'
      ? 'This machine has no NVIDIA driver.'
      : `“${named}” is not the version of a driver.`,
    { hint: 'nvidia-smi prints it in its first lines: --driver 535.104.05.' },
  )
}

async function withMore(found: Inventory, driver: Driver | undefined): Promise<object> {
  const entries = await createHistory(machineFolder()).read(found.folder)
  const images = found.images.map((image) => ({
    ...image,
    history: historyOf(entries, image),
    ...(driver && { fitness: imageFitness(image, driver) }),
  }))
  return { ...found, images }
}

/** Returns what was left alone. */
async function updateDrive(found: Inventory): Promise<readonly string[]> {
  const unlock = await occupyFolder(found.folder)
  try {
    return await createDriveFiles(found.folder, found).update()
  } finally {
    await unlock()
  }
}

function inventoryLines(
  { folder, images, problems }: Inventory,
  driver: Driver | undefined,
): string[] {
  const lines = images.map((image) => {
    const { status, sizeBytes, reference, platform, file, files } = image
    const parts = files === undefined ? '' : ` (${plural(files.length, 'part')})`
    return `${status.padEnd(8)}  ${formatBytes(sizeBytes).padStart(8)}  ${reference ?? 'without a name'}  ${platform ?? 'unknown platform'}  ${file}${parts}${fitnessInWords(image, driver)}`
  })
  const { totalBytes, sharedBytes } = totalsOf(images)
  const foreign = images.filter(({ status }) => status === 'foreign').length
  const others = foreign > 0 ? `; ${plural(foreign, 'other file')}` : ''
  lines.push(
    `${folder}: ${plural(images.length - foreign, 'image')}, ${formatBytes(totalBytes)}${sharedBytes > 0 ? `, of which ${formatBytes(sharedBytes)} stand in several` : ''}${others}.`,
  )
  return [...lines, ...problems.map(({ file, detail }) => `${file}: ${detail}`)]
}

function fitnessInWords(image: LibraryImage, driver: Driver | undefined): string {
  const fitness = driver && imageFitness(image, driver)
  return fitness === undefined ? '' : `  ${VERDICTS[fitness.verdict]}: ${fitness.why}`
}

const VERDICTS = { meets: 'runs', fails: 'does not run', depends: 'may run' } as const
