import type { Descriptor } from '../manifest.ts'
import { createHasher, verifyDigest } from '../verified-stream.ts'
import { AppError } from '../../api/errors.ts'

/** The digest of a blob while it is sent, whatever has to be sent again. */
export interface Proof {
  readonly sizeBytes: number
  /** From the first byte on, without a gap. */
  seenBytes(): number
  /** Takes bytes at their place; what was seen before is passed over. */
  update(chunk: Uint8Array, position: number): void | Promise<void>
  /** Throws AppError `digest-mismatch` unless all bytes were seen and are the ones that were named. */
  verify(): Promise<void>
  isComplete(): boolean
}

export function createProof({ digest, size }: Descriptor, name: string): Proof {
  const hasher = createHasher()
  let seenBytes = 0
  let isProven = false
  return {
    sizeBytes: size,
    seenBytes: () => seenBytes,
    update(chunk, position) {
      // What lies before was hashed the first time; the registry holds the whole against its digest anyway.
      const fresh = chunk.subarray(Math.max(0, seenBytes - position))
      if (fresh.length === 0) return undefined
      seenBytes += fresh.length
      return hasher.update(fresh)
    },
    async verify() {
      if (isProven) return
      if (seenBytes !== size) {
        throw new AppError(
          'digest-mismatch',
          `${name}: ${digest} has ${seenBytes} instead of ${size} bytes.`,
        )
      }
      verifyDigest({ digest, name }, await hasher.digest())
      isProven = true
    },
    isComplete: () => isProven,
  }
}

/**
 * A piece of a blob on its way. Its last bytes are held back until the digest is known to be right, so that damaged
 * bytes never make a complete upload, whatever the registry checks.
 */
export async function* proven(
  source: AsyncIterable<Uint8Array>,
  { startByte, endByte }: { readonly startByte: number; readonly endByte: number },
  proof: Proof,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = startByte
  let held: Uint8Array | undefined
  for await (const chunk of source) {
    if (held) yield held
    held = position + chunk.length > endByte ? chunk.subarray(0, endByte - position) : chunk
    const busy = proof.update(held, position)
    if (busy) await busy
    position += held.length
    if (position >= endByte) break
  }
  if (position < endByte) {
    throw new AppError('digest-mismatch', `The data ends ${endByte - position} bytes too early.`)
  }
  if (endByte === proof.sizeBytes) await proof.verify()
  if (held) yield held
}
