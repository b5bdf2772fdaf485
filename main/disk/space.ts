import { statfs } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** Resolves when a full drive has room for at least some of so many bytes. */
export type AwaitSpace = (neededBytes: number) => Promise<void>

/** What a file system has free for us; without an answer it is not full. */
export async function freeBytesOf(folder: string): Promise<number> {
  return await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  )
}

/** Room for this much is worth going on. */
const ENOUGH_BYTES = 8 * 1024 * 1024

export interface SpaceOptions {
  /** Told how many bytes are missing, at first and whenever that changes. */
  readonly waiting: (missingBytes: number) => void
  readonly everyMs?: number | undefined
}

/**
 * Looks at a full drive again and again until there is room. A quota leaves free what may not be written: so it always
 * waits once, and its caller tries again.
 */
export function spaceOf(
  folder: string,
  { waiting, everyMs = 1_000 }: SpaceOptions,
  signal: AbortSignal,
): AwaitSpace {
  return async (neededBytes) => {
    let told: number | undefined
    for (;;) {
      const missingBytes = Math.max(0, neededBytes - (await freeBytesOf(folder)))
      if (missingBytes !== told) waiting(missingBytes)
      told = missingBytes
      await wait(everyMs, undefined, { signal })
      const freeBytes = await freeBytesOf(folder)
      if (freeBytes >= Math.min(neededBytes, ENOUGH_BYTES)) return
    }
  }
}
