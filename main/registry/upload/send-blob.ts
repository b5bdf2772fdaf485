import { AppError } from '../../api/errors.ts'
import { NetworkError, StatusError, throwIfCancelled } from '../../net/failure.ts'
import type { RateLimit } from '../../net/rate-limit.ts'
import { isWorthRetrying, pause, type RetryPolicy } from '../../net/retry.ts'
import type { Repository } from '../client.ts'
import type { Descriptor } from '../manifest.ts'
import { readableOf } from '../readable.ts'
import { LEAST_KEPT_BYTES, type BegunUploads } from './begun-uploads.ts'
import {
  begin,
  ChunksRefused,
  commit,
  patch,
  putWhole,
  statusOf,
  UploadLost,
  type Upload,
} from './blob-upload.ts'
import { createProof, proven, type Proof } from './proof.ts'
import type { UploadRequests } from './requests.ts'

/** The bytes of a blob from one of them on; may be opened several times, and read less than to the end. */
export type BlobSource = (startByte: number, signal: AbortSignal) => AsyncIterable<Uint8Array>

export interface SentBlob {
  readonly how: 'mounted' | 'sent'
  /** All that was handed to the line, also what had to be sent twice. */
  readonly sentBytes: number
}

export interface SendParts {
  readonly requests: UploadRequests
  readonly retry: RetryPolicy
  readonly limit?: RateLimit | undefined
  readonly begun?: BegunUploads | undefined
  readonly mountFrom?: string | undefined
  readonly onProgress?: ((sentBytes: number) => void) | undefined
}

/** What a chunk has where a registry, or a proxy before it, takes no larger requests; a quarter of that the next time. */
const CHUNK_BYTES = 64 * 1024 * 1024
const SMALLEST_CHUNK_BYTES = 256 * 1024

/**
 * See `Uploads.sendBlob`. In one request; in chunks where that is refused, and from where the registry is when a line drops
 * or an earlier run did not come to its end.
 */
export async function sendBlob(
  parts: SendParts,
  repository: Repository,
  descriptor: Descriptor,
  source: BlobSource,
  signal?: AbortSignal,
): Promise<SentBlob> {
  const { requests, retry, limit } = parts
  const { digest, size } = descriptor
  const target = { requests, repository, digest, signal }
  const proof = createProof(descriptor, `${repository.registry}/${repository.repository}`)
  const begunUploads = size < LEAST_KEPT_BYTES ? undefined : parts.begun
  let mostBytes = size
  let takesWhole = true
  let takesChunks = true
  // To mount costs nothing, whatever was sent before.
  let upload = parts.mountFrom === undefined ? await earlierUpload() : undefined
  let failures = 0
  let handedBytes = upload?.offset ?? 0
  let sentBytes = 0

  const bodyOf = (startByte: number, endByte: number) => () =>
    readableOf((stop) => {
      const bytes = proven(source(startByte, stop), { startByte, endByte }, proof)
      return counted(bytes, startByte, stop)
    }, signal)

  for (;;) {
    throwIfCancelled(signal)
    const before: number = upload?.offset ?? 0
    try {
      upload &&= takesChunks ? await statusOf(target, upload, handedBytes) : undefined
      if (upload === undefined) {
        const begun = await begin(target, parts.mountFrom)
        if (begun === 'mounted') return { how: 'mounted', sentBytes }
        handedBytes = 0
        upload = begun
        await begunUploads?.keep(repository, digest, upload)
      }
      await catchUp(upload.offset)
      if (upload.offset === 0 && mostBytes >= size) {
        await putWhole(target, upload, { sizeBytes: size, body: bodyOf(0, size) })
        await begunUploads?.drop(repository, digest)
        return { how: 'sent', sentBytes }
      }
      while (upload.offset < size) {
        const { offset, leastBytes }: Upload = upload
        const endByte = Math.min(size, offset + Math.max(mostBytes, leastBytes))
        upload = await patch(target, upload, { endByte, body: bodyOf(offset, endByte) })
        await begunUploads?.keep(repository, digest, upload)
      }
      await commit(target, upload)
      await begunUploads?.drop(repository, digest)
      return { how: 'sent', sentBytes }
    } catch (error) {
      throwIfCancelled(signal)
      const isTooLarge = error instanceof StatusError && error.status === 413
      if (isTooLarge && mostBytes > SMALLEST_CHUNK_BYTES) {
        takesWhole = false
        mostBytes = smaller(mostBytes)
        continue
      }
      if (error instanceof ChunksRefused && takesWhole) {
        takesChunks = false
        mostBytes = size
        continue
      }
      if (error instanceof UploadLost) upload = undefined
      else if (!isWorthRetrying(error)) {
        await begunUploads?.drop(repository, digest)
        throw named(error, proof)
      }
      failures = (upload?.offset ?? 0) > before ? 1 : failures + 1
      if (failures >= retry.attempts) throw error
      // Some break the line instead of saying that a request is too large for them.
      if (failures > 1 && takesChunks && error instanceof NetworkError)
        mostBytes = smaller(mostBytes)
      await pause(error, failures, retry, signal)
    }
  }

  /** What a run before this one began, as far as the registry knows of it: whatever it says, the blob can be sent anew. */
  async function earlierUpload(): Promise<Upload | undefined> {
    const kept = await begunUploads?.find(repository, digest)
    return kept && (await statusOf(target, kept, size).catch(() => undefined))
  }

  /** What an earlier run sent counts as sent, and is hashed here all the same. */
  async function catchUp(endByte: number): Promise<void> {
    const startByte = proof.seenBytes()
    if (startByte >= endByte) return
    const stop = signal ?? new AbortController().signal
    for await (const _ of proven(source(startByte, stop), { startByte, endByte }, proof)) {
      throwIfCancelled(signal)
    }
    parts.onProgress?.(endByte)
  }

  async function* counted(
    bytes: AsyncIterable<Uint8Array>,
    startByte: number,
    stop: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let position = startByte
    for await (const whole of bytes) {
      for (const chunk of limit?.portions(whole) ?? [whole]) {
        const passed = limit?.take(chunk.length, stop)
        if (passed) await passed
        position += chunk.length
        sentBytes += chunk.length
        handedBytes = Math.max(handedBytes, position)
        parts.onProgress?.(position)
        yield chunk
      }
    }
  }
}

function smaller(bytes: number): number {
  return Math.max(SMALLEST_CHUNK_BYTES, Math.min(CHUNK_BYTES, Math.ceil(bytes / 4)))
}

/** A registry that finds other bytes than we sent has a reason of its own: ours were proven. */
function named(error: unknown, proof: Proof): unknown {
  if (!(error instanceof StatusError) || error.status !== 400 || !proof.isComplete()) return error
  return new AppError('protocol', error.message, {
    hint: 'The bytes were right when they were sent: they were changed on the way. Try again.',
    cause: error,
  })
}
