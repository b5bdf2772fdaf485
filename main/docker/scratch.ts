import { stat } from 'node:fs/promises'
import { toldFreeBytesOf } from '../disk/space.ts'
import type { ScratchPlace } from './engine.ts'

/** The folder through which an engine copies, if it lies on another disk than its storage; undefined where nobody knows. */
export async function scratchPlace(
  folder: string | undefined,
  storageFolder: string,
): Promise<ScratchPlace | undefined> {
  if (folder === undefined) return undefined
  const [disk, storageDisk] = await Promise.all([diskOf(folder), diskOf(storageFolder)])
  if (disk === undefined || disk === storageDisk) return undefined
  const freeBytes = await toldFreeBytesOf(folder)
  return { folder, ...(freeBytes !== undefined && { freeBytes }) }
}

async function diskOf(folder: string): Promise<number | undefined> {
  return await stat(folder).then(
    ({ dev }) => dev,
    () => undefined,
  )
}
