import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LibraryRow } from '../api/shapes.ts'
import type { ReadFrom } from '../disk/past-cache.ts'
import type { Ports } from './ports.ts'

/** Which tarballs were read back, as far as their files are still the same: by path, size and time of change. */
export type VerifiedService = {
  remember: (
    folder: string,
    files: readonly string[],
    outcome: { ok: boolean; readFrom?: ReadFrom | undefined },
  ) => Promise<void>
  find: (folder: string, files: readonly string[]) => Promise<LibraryRow['verified']>
}

const mostFiles = 5_000

export function createVerified({ keep }: Pick<Ports, 'keep'>): VerifiedService {
  const kept = keep('verified')
  return {
    async remember(folder, files, outcome) {
      const key = await keyOf(folder, files)
      if (key === undefined) return
      const { [key]: _, ...others } = kept.get().files
      const entries = [...Object.entries(others), [key, { atMs: Date.now(), ...outcome }] as const]
      kept.set({ version: 1, files: Object.fromEntries(entries.slice(-mostFiles)) })
    },
    async find(folder, files) {
      const key = await keyOf(folder, files)
      return key === undefined ? undefined : kept.get().files[key]
    },
  }
}

async function keyOf(folder: string, files: readonly string[]): Promise<string | undefined> {
  try {
    const parts = await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs } = await lstat(join(folder, file))
        return `${size}:${Math.round(mtimeMs)}`
      }),
    )
    return [join(folder, files[0] ?? ''), ...parts].join('|')
  } catch {
    return undefined
  }
}
