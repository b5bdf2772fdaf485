import { inventory, type Inventory } from '../library/inventory.ts'
import { formatBytes, plural } from '../format.ts'
import { printable, printableJson } from '../printable.ts'
import type { Output } from './output.ts'
import { callersPath } from './replicate-options.ts'

/** What a folder holds. Returns 0, also where it holds torn or foreign files: they are listed, nothing failed. */
export async function inventoryCommand(
  folder: string,
  { json }: { json: boolean },
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const found = await inventory(callersPath(folder), signal)
  if (json) output.print(printableJson(found))
  else for (const line of inventoryLines(found)) output.print(printable(line))
  return 0
}

function inventoryLines({ folder, images, problems }: Inventory): string[] {
  const lines = images.map(({ status, sizeBytes, reference, platform, file, files }) => {
    const parts = files === undefined ? '' : ` (${plural(files.length, 'part')})`
    return `${status.padEnd(8)}  ${formatBytes(sizeBytes).padStart(8)}  ${reference ?? 'without a name'}  ${platform ?? 'unknown platform'}  ${file}${parts}`
  })
  const total = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const layers = new Map(
    images.flatMap((image) => image.layers.map(({ digest, sizeBytes }) => [digest, sizeBytes])),
  )
  const listed = images.flatMap((image) => [
    ...new Map(image.layers.map((layer) => [layer.digest, layer.sizeBytes])).values(),
  ])
  const shared =
    listed.reduce((sum, bytes) => sum + bytes, 0) -
    [...layers.values()].reduce((sum, bytes) => sum + bytes, 0)
  lines.push(
    `${folder}: ${plural(images.length, 'image')}, ${formatBytes(total)}${shared > 0 ? `, of which ${formatBytes(shared)} stand in several` : ''}.`,
  )
  return [...lines, ...problems.map(({ file, detail }) => `${file}: ${detail}`)]
}
