import { occupyFolder } from '../disk/lock.ts'
import { createDriveFiles } from '../drive-files/drive-files.ts'
import { pageOf } from '../drive-files/documents.ts'
import { inventory, type Inventory } from '../library/inventory.ts'
import { totalsOf } from '../library/totals.ts'
import { formatBytes, plural } from '../format.ts'
import { printable, printableJson } from '../printable.ts'
import type { Output } from './output.ts'
import { callersPath } from './replicate-options.ts'

export interface InventoryOptions {
  readonly json: boolean
  readonly html: boolean
  readonly update: boolean
}

/** What a folder holds. Returns 0, also where it holds torn or foreign files: they are listed, nothing failed. */
export async function inventoryCommand(
  folder: string,
  { json, html, update }: InventoryOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const found = await inventory(callersPath(folder), signal)
  if (update) {
    for (const file of await updateDrive(found)) {
      output.complain(printable(`${file} is not ours, and was left as it is.`))
    }
  }
  if (json) output.print(printableJson(found))
  else if (html)
    output.print(pageOf(found.images, found.problems, `Inventory of ${found.folder}`).trimEnd())
  else for (const line of inventoryLines(found)) output.print(printable(line))
  return 0
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

function inventoryLines({ folder, images, problems }: Inventory): string[] {
  const lines = images.map(({ status, sizeBytes, reference, platform, file, files }) => {
    const parts = files === undefined ? '' : ` (${plural(files.length, 'part')})`
    return `${status.padEnd(8)}  ${formatBytes(sizeBytes).padStart(8)}  ${reference ?? 'without a name'}  ${platform ?? 'unknown platform'}  ${file}${parts}`
  })
  const { totalBytes, sharedBytes } = totalsOf(images)
  lines.push(
    `${folder}: ${plural(images.length, 'image')}, ${formatBytes(totalBytes)}${sharedBytes > 0 ? `, of which ${formatBytes(sharedBytes)} stand in several` : ''}.`,
  )
  return [...lines, ...problems.map(({ file, detail }) => `${file}: ${detail}`)]
}
