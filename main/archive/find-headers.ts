import type { ByteSource } from './read-ahead.ts'
import { BLOCK_BYTES } from './tar-header.ts'

/**
 * Looks for headers in all bytes of an archive, aligned or not, where the way from one to the next is lost. Gives each
 * block that may be one to `accept`, and returns what that makes of them, in order, at most `MOST_FOUND`.
 */
export async function findHeaders<Found>(
  source: ByteSource,
  accept: (block: Buffer, offset: number) => Found | undefined,
  signal?: AbortSignal,
): Promise<Found[]> {
  const found: Found[] = []
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  for (let start = 0; start < source.sizeBytes;) {
    signal?.throwIfAborted()
    const bytes = buffer.subarray(0, await source.read(buffer, start))
    for (let at = bytes.indexOf(MAGIC, MAGIC_AT); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
      const from = at - MAGIC_AT
      if (from + BLOCK_BYTES > bytes.length) break
      const accepted = accept(bytes.subarray(from, from + BLOCK_BYTES), start + from)
      if (accepted !== undefined) found.push(accepted)
      if (found.length === MOST_FOUND) return found
    }
    if (bytes.length < BLOCK_BYTES) break
    // A header may lie across two chunks.
    start += bytes.length - BLOCK_BYTES + 1
  }
  return found
}

const MOST_FOUND = 20_000
const CHUNK_BYTES = 1024 * 1024
const MAGIC = 'ustar'
const MAGIC_AT = 257
