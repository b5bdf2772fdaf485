import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileDurably } from '../../disk/durable.ts'
import { isRunning } from '../../disk/lock.ts'
import { readSmallFile } from '../../disk/small-file.ts'
import type { Repository } from '../client.ts'
import { isDigest, type Digest } from '../reference.ts'
import type { Upload } from './blob-upload.ts'

/**
 * Uploads that are not complete, for another run to go on with. A note that is lost costs sending a blob anew, and no
 * image: nothing here fails.
 */
export interface BegunUploads {
  find(repository: Repository, digest: Digest): Promise<Upload | undefined>
  keep(repository: Repository, digest: Digest, upload: Upload): Promise<void>
  drop(repository: Repository, digest: Digest): Promise<void>
}

/** A blob that is smaller is sent anew as fast as a registry is asked how much of it is there. */
export const LEAST_KEPT_BYTES = 4 * 1024 * 1024

const NAME = 'uploads.json'
const MOST_BYTES = 1024 * 1024
const MOST_UPLOADS = 200
/** As long as docker's distribution keeps an upload (`uploadpurging`). */
const LIFETIME_MS = 7 * 24 * 60 * 60_000

/**
 * Keeps them in `uploads.json` in that folder, of this machine and never of a drive: who has the location of an upload
 * may write to it at some registries, so nobody else may read the file.
 */
export function keepBegunUploads(folder: string, now = Date.now): BegunUploads {
  const path = join(folder, NAME)
  let writing = Promise.resolve()

  const read = async (): Promise<Kept[]> => {
    const text = await readSmallFile(path, MOST_BYTES).catch(() => '[]')
    try {
      const all = z.array(keptSchema).parse(JSON.parse(text))
      return all.filter(({ atMs }) => atMs > now() - LIFETIME_MS)
    } catch {
      return []
    }
  }
  /** Reads first: another run may have written meanwhile. */
  const write = (repository: Repository, digest: Digest, upload?: Upload): Promise<void> => {
    const replace = async (): Promise<void> => {
      const before = await read()
      const others = before.filter((one) => !isOf(one, repository, digest))
      if (upload === undefined && others.length === before.length) return
      const { registry, repository: name } = repository
      const kept = upload && {
        registry,
        repository: name,
        digest,
        ...upload,
        pid: process.pid,
        atMs: now(),
      }
      const all = [...(kept ? [kept] : []), ...others].slice(0, MOST_UPLOADS)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFileDurably(path, JSON.stringify(all), 0o600)
    }
    writing = writing.then(replace).catch(() => undefined)
    return writing
  }

  return {
    async find(repository, digest) {
      const kept = (await read()).find((one) => isOf(one, repository, digest))
      if (kept === undefined || (kept.pid !== process.pid && isRunning(kept.pid))) return undefined
      const { location, offset, leastBytes } = kept
      return { location: new URL(location), offset, leastBytes }
    },
    keep: write,
    drop: (repository, digest) => write(repository, digest),
  }
}

const keptSchema = z.object({
  registry: z.string(),
  repository: z.string(),
  digest: z.custom<Digest>((text) => isDigest(String(text))),
  location: z.url(),
  offset: z.number().int().nonnegative(),
  leastBytes: z.number().int().nonnegative(),
  /** Who sends it: what another run is at is left alone. */
  pid: z.number().int().positive(),
  atMs: z.number(),
})
type Kept = z.infer<typeof keptSchema>

function isOf(kept: Kept, { registry, repository }: Repository, digest: Digest): boolean {
  return kept.registry === registry && kept.repository === repository && kept.digest === digest
}
