import { createHash } from 'node:crypto'
import { AppError } from '../api/errors.ts'
import type { Digest } from './reference.ts'

/** A running SHA-256. `update` may give a promise, so that hashing can move to another thread with back-pressure. */
export interface Hasher {
  update(chunk: Uint8Array): void | Promise<void>
  /** 64 hexadecimal digits; ends the hash. */
  digest(): string | Promise<string>
}

export function createHasher(): Hasher {
  const hash = createHash('sha256')
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('hex') }
}

export interface Expected {
  readonly digest: Digest
  readonly sizeBytes: number
  /** Stands in messages: `nvcr.io/nvidia/pytorch`. */
  readonly name: string
}

/**
 * Passes chunks on unchanged and ends in WrongBytes (AppError `digest-mismatch`) unless the whole had the expected length
 * and digest.
 * An overlong source is stopped at once, a wrong digest is known only at the end: write to a place that can be taken back.
 * To go on from a byte, give the hasher that has seen everything before it, and that offset.
 */
export async function* verified(
  source: AsyncIterable<Uint8Array>,
  expected: Expected,
  { hasher = createHasher(), offset = 0 }: { hasher?: Hasher; offset?: number } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = offset
  for await (const chunk of source) {
    length += chunk.length
    if (length > expected.sizeBytes) throw wrongLength(expected, `more than`)
    const busy = hasher.update(chunk)
    if (busy) await busy
    yield chunk
  }
  if (length !== expected.sizeBytes) throw wrongLength(expected, `${length} instead of`)
  verifyDigest(expected, await hasher.digest())
}

/** What came is not what was named, by its digest or its length; on another try it may be. */
export class WrongBytes extends AppError {
  readonly digest: Digest

  constructor(digest: Digest, message: string, hint: string) {
    super('digest-mismatch', message, { hint })
    this.name = 'WrongBytes'
    this.digest = digest
  }
}

/** Throws WrongBytes (AppError `digest-mismatch`) unless the hash is the expected one. */
export function verifyDigest(expected: Pick<Expected, 'digest' | 'name'>, hex: string): void {
  if (`sha256:${hex}` === expected.digest) return
  throw new WrongBytes(
    expected.digest,
    `${expected.name}: the bytes of ${expected.digest} are not the ones that were published.`,
    'They were changed on the way, for example by a proxy. Try again.',
  )
}

function wrongLength({ name, digest, sizeBytes }: Expected, found: string): AppError {
  return new WrongBytes(
    digest,
    `${name}: ${digest} has ${found} ${sizeBytes} bytes.`,
    'It was cut short or changed on the way. Try again.',
  )
}
