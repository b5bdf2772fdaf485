import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

const chunkBytes = 2 * 1024 * 1024
const mostBytes = 32 * 1024 * 1024
const longestMs = 1_500

/**
 * How many bytes a second the drive stores, by writing up to 32 MB for up to about 1.5 s, flushed, and taking them away
 * again. Undefined when nothing can be written there.
 */
export async function probeWriteSpeed(
  folder: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const path = join(folder, `.ngc-replicator-${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(path, 'wx')
    try {
      const chunk = randomBytes(chunkBytes)
      const begun = performance.now()
      let bytes = 0
      while (bytes < mostBytes && performance.now() - begun < longestMs) {
        signal?.throwIfAborted()
        await file.write(chunk)
        await file.datasync()
        bytes += chunk.length
      }
      return (bytes / Math.max(1, performance.now() - begun)) * 1000
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  } finally {
    await rm(path, { force: true }).catch(() => undefined)
  }
}
