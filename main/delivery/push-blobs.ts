import { AppError } from '../api/errors.ts'
import { throwIfCancelled } from '../net/failure.ts'
import type { Repository } from '../registry/client.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobSource } from '../registry/upload/send-blob.ts'
import type { Uploads } from '../registry/upload/uploads.ts'

/** How a blob came to be in a repository. */
export interface PushedBlob {
  readonly how: 'present' | 'mounted' | 'sent'
  readonly sentBytes: number
}

/** Sees to it that blobs are in repositories of one registry, and crosses the line with each digest once. */
export interface PushedBlobs {
  push(
    repository: Repository,
    descriptor: Descriptor,
    source: BlobSource,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<PushedBlob>
}

export function createPushedBlobs(uploads: Uploads): PushedBlobs {
  /** Repositories that have a blob, by what we sent or found in this run. */
  const known = new Map<Digest, Set<string>>()
  const sending = new Map<Digest, Promise<unknown>>()

  const pushOnce = async (
    repository: Repository,
    descriptor: Descriptor,
    source: BlobSource,
    onProgress: (sentBytes: number) => void,
    signal: AbortSignal,
  ): Promise<PushedBlob> => {
    const { digest } = descriptor
    const holders = known.get(digest) ?? new Set()
    known.set(digest, holders)
    const { repository: own } = repository
    if (holders.has(own) || (await uploads.hasBlob(repository, digest, signal))) {
      holders.add(own)
      return { how: 'present', sentBytes: 0 }
    }
    const [mountFrom] = holders
    const options = { mountFrom, onProgress }
    const sent = await uploads.sendBlob(repository, descriptor, source, options, signal)
    holders.add(own)
    return sent
  }

  return {
    async push(repository, descriptor, source, onProgress, signal) {
      const { digest } = descriptor
      // Whoever needs the same blob meanwhile finds it, or mounts it.
      for (let busy = sending.get(digest); busy; busy = sending.get(digest)) {
        await busy.catch(() => undefined)
        throwIfCancelled(signal)
      }
      const pushing = pushOnce(repository, descriptor, source, onProgress, signal)
      const settled = pushing.finally(() => sending.delete(digest))
      sending.set(digest, settled)
      return await settled
    },
  }
}

/** What is wrong with the source of a blob, told with the file that it came from. */
export function damagedFile(error: unknown, file: string | undefined, digest: Digest): unknown {
  const isSource =
    error instanceof AppError && (error.code === 'digest-mismatch' || error.code === 'damaged')
  if (!isSource || file === undefined) return error
  return new AppError(
    'damaged',
    `${file} is damaged: the bytes of ${digest} in it are not the ones that were published.`,
    {
      hint: 'Verify it, and copy or save it again. The registry was given none of it to keep.',
      cause: error,
    },
  )
}
