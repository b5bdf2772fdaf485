import { APP_FOLDER } from '../carried-app/carried-file.ts'
import { inventoryPage } from '../library/inventory-page.ts'
import type { LibraryImage, LibraryProblem } from '../library/inventory.ts'
import { printableJson } from '../printable.ts'
import { totalsOf } from '../library/totals.ts'
import { driveFileNames, MARK } from './names.ts'
import { formatTable } from './table.ts'

/**
 * `inventory.json`: what a drive holds, for programs. Never less than this; later versions may add to it. No time stands in
 * it, nor in the page: the same images make the same files.
 */
export interface DriveInventory {
  readonly writtenBy: typeof MARK
  readonly images: readonly LibraryImage[]
  readonly problems: readonly LibraryProblem[]
}

/** The files that tell what is on a drive, by their names; all made from what is known, without reading a tarball. */
export function inventoryDocuments(
  images: readonly LibraryImage[],
  problems: readonly LibraryProblem[],
  hasApp: boolean,
): ReadonlyMap<string, string> {
  const json: DriveInventory = { writtenBy: MARK, images, problems }
  return new Map([
    [driveFileNames.table, formatTable(images)],
    [driveFileNames.json, `${printableJson(json)}\n`],
    [
      driveFileNames.page,
      pageOf(images, problems, 'Container images on this drive', hasApp ? APP_NOTE : undefined),
    ],
  ])
}

/** `inventory.html`, and what `inventory --html` prints. */
export function pageOf(
  images: readonly LibraryImage[],
  problems: readonly LibraryProblem[],
  title: string,
  note?: string,
): string {
  const details = new Map(problems.map(({ file, detail }) => [file, detail]))
  const rows = images.map((image) => {
    const detail = details.get(image.file)
    return {
      name: image.reference ?? image.file,
      platform: image.platform ?? '',
      sizeBytes: image.sizeBytes,
      more: { Created: image.created?.slice(0, 10) ?? '' },
      status: detail === undefined ? image.status : `${image.status}: ${detail}`,
      digest: image.digest ?? '',
      files: image.files ?? [image.file],
    }
  })
  return inventoryPage(title, rows, totalsOf(images), note === undefined ? {} : { note })
}

const APP_NOTE = `${MARK} itself is in the folder ${APP_FOLDER}: see the README.txt in it.`
