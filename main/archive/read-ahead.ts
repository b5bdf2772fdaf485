/** Random access to bytes. */
export interface ByteSource {
  readonly sizeBytes: number
  /** Fills the buffer from that position; fewer bytes only at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>
}

/** The bytes at a place, fewer at the end; good until the next call. */
export type ReadBytes = (position: number, length: number) => Promise<Uint8Array>

const NEAR_BYTES = 64 * 1024
const FAR_BYTES = 4 * 1024

/**
 * Serves many small reads from few larger ones: headers and documents lie close together, while a jump over a layer brings
 * one header that is needed, and a read no larger than the system does anyway.
 */
export function readAhead(source: ByteSource): ReadBytes {
  const buffer = Buffer.allocUnsafeSlow(NEAR_BYTES)
  let start = 0
  let end = 0
  return async (position, length) => {
    if (length > NEAR_BYTES) {
      const large = Buffer.alloc(Math.min(length, Math.max(0, source.sizeBytes - position)))
      return large.subarray(0, await source.read(large, position))
    }
    if (position < start || position + length > end) {
      const isNear = position >= start && position <= end + NEAR_BYTES
      const wanted = Math.max(length, isNear ? NEAR_BYTES : FAR_BYTES)
      start = position
      end = position + (await source.read(buffer.subarray(0, wanted), position))
    }
    return buffer.subarray(
      position - start,
      Math.max(position - start, Math.min(position + length, end) - start),
    )
  }
}
