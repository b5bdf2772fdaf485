import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** Resolves when a full drive has room for at least some of so many bytes. */
export type AwaitSpace = (neededBytes: number) => Promise<void>

/** What a file system has free for us; `Infinity` where it does not tell: it is not full before it says so. */
export async function freeBytesOf(folder: string): Promise<number> {
  return (await toldFreeBytesOf(folder)) ?? Number.POSITIVE_INFINITY
}

/** The same; undefined where it does not tell. */
export async function toldFreeBytesOf(folder: string): Promise<number | undefined> {
  return await statfs(folder).then(toldFreeBytes, () => undefined)
}

/** One of no blocks at all does not know its size, as FUSE's FAT does where FAT32 is small. */
export function toldFreeBytes({
  bavail,
  blocks,
  bsize,
}: Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>): number | undefined {
  return blocks === 0 ? undefined : bavail * bsize
}

/** Room for this much is worth going on. */
const ENOUGH_BYTES = 8 * 1024 * 1024

export interface SpaceOptions {
  /** Told how many bytes are missing, at first and whenever that changes. */
  readonly waiting: (missingBytes: number) => void
  readonly everyMs?: number | undefined
}

/**
 * Looks at a full drive again and again until there is room. A quota leaves free what may not be written, and some drives do
 * not tell: so it always waits once, and its caller tries again.
 */
export function spaceOf(
  folder: string,
  { waiting, everyMs = 1_000 }: SpaceOptions,
  signal: AbortSignal,
): AwaitSpace {
  let told: { readonly neededBytes: number; readonly missingBytes: number } | undefined
  return async (neededBytes) => {
    for (;;) {
      const missingBytes = Math.max(0, neededBytes - ((await toldFreeBytesOf(folder)) ?? 0))
      const isNews = neededBytes !== told?.neededBytes || missingBytes !== told.missingBytes
      if (isNews) waiting(missingBytes)
      told = { neededBytes, missingBytes }
      await wait(everyMs, undefined, { signal })
      const freeBytes = await freeBytesOf(folder)
      if (freeBytes >= Math.min(neededBytes, ENOUGH_BYTES)) return
    }
  }
}
