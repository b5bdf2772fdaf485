import { randomBytes } from 'node:crypto'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const chunkBytes = 2 * 1024 * 1024
const mostBytes = 32 * 1024 * 1024
const longestMs = 1_500
/** A drive that takes no chunk within this time hangs. */
const patienceMs = 8_000

/**
 * How many bytes a second the drive stores, by writing up to 32 MB for up to about 1.5 s, flushed. The file is nameless from
 * its start, so that nothing of it stays, whatever happens. Undefined when nothing can be written there, or not in time.
 */
export async function probeWriteSpeed(
  folder: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const ended = new AbortController()
  const until = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])])
  try {
    return await Promise.race([
      probe(folder, until).catch(() => undefined),
      wait(patienceMs, undefined, { signal: until, ref: false }).catch(() => undefined),
    ])
  } finally {
    ended.abort()
  }
}

async function probe(folder: string, signal: AbortSignal): Promise<number> {
  await removeForgotten(folder)
  const path = join(folder, `.ngc-replicator-${randomBytes(6).toString('hex')}.tmp`)
  const file = await open(path, 'wx')
  // Where an open file cannot lose its name, it loses it at the end; or the next time, if this program does not live so long.
  const isNameless = await rm(path).then(
    () => true,
    () => false,
  )
  try {
    const chunk = randomBytes(chunkBytes)
    const begun = performance.now()
    let bytes = 0
    while (bytes < mostBytes && performance.now() - begun < longestMs) {
      signal.throwIfAborted()
      await file.write(chunk)
      await file.datasync()
      bytes += chunk.length
    }
    return (bytes / Math.max(1, performance.now() - begun)) * 1000
  } finally {
    await file.close()
    if (!isNameless) await rm(path, { force: true })
  }
}

const OURS = /^\.ngc-replicator-[0-9a-f]{12}\.tmp$/

/** What an earlier probe had to leave; not what another program is writing at this moment. */
async function removeForgotten(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((file) => OURS.test(file))) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > 2 * patienceMs) await rm(path, { force: true })
  }
}
