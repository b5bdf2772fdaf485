import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageRecord, LibraryRow } from '../../api/shapes.ts'
import type { Inventory, LibraryImage } from '../../library/inventory.ts'
import type { HistoryEntry } from '../../library/history/entry.ts'
import type { History } from '../../library/history/history.ts'
import { historyOf, lastVerified } from '../../library/history/of-image.ts'
import { stampOf } from '../../library/history/stamp.ts'

/** An inventory as the window shows it: with ids, when each was saved, and whether it was read back. */
export async function rowsOf(
  { folder, images, problems }: Inventory,
  history: History,
): Promise<LibraryRow[]> {
  const details = new Map(problems.map(({ file, detail }) => [file, detail]))
  const entries = await history.read(folder)
  return await Promise.all(
    images.map(async (image) => {
      const files = image.files ?? [image.file]
      const saved = await lstat(join(folder, files[0] ?? '')).catch(() => undefined)
      const done = historyOf(entries, image)
      const verified = lastVerified(done, await stampOf(folder, files))
      const detail = details.get(image.file)
      return {
        id: idOf(image),
        file: image.file,
        ...(image.files && { files: [...image.files] }),
        ...(image.reference !== null && { reference: image.reference }),
        ...(image.platform !== null && { platform: image.platform }),
        ...(image.digest !== null && { digest: image.digest }),
        sizeBytes: image.sizeBytes,
        ...(image.created !== null && { created: image.created }),
        ...(saved && { savedMs: saved.mtimeMs }),
        ...(verified && { verified: verifiedOf(verified) }),
        ...(done.length > 0 && { records: done.map(recordOf) }),
        status: image.status,
        ...(detail !== undefined && { detail }),
      }
    }),
  )
}

function verifiedOf({ at, ok, readFrom }: HistoryEntry): NonNullable<LibraryRow['verified']> {
  return { atMs: Date.parse(at), ok, ...(readFrom && { readFrom }) }
}

function recordOf({ at, what, ok, version, detail }: HistoryEntry): ImageRecord {
  return { atMs: Date.parse(at), what, ok, version, ...(detail !== undefined && { detail }) }
}

/** The same image in the same file is the same row, however often the folder is opened. */
function idOf({ file, reference, digest, platform }: LibraryImage): string {
  const text = JSON.stringify([file, reference, digest, platform])
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}
