import { Readable } from 'node:stream'
import type { OpenBlob } from '../archive/write.ts'
import type { ImageToSave } from '../plan/plan.ts'
import type { Descriptor } from '../registry/manifest.ts'
import { createHasher, verified, type Hasher } from '../registry/verified-stream.ts'
import type { Claims } from './claims.ts'
import type { SaveParts } from './save-parts.ts'

/**
 * Opens the blobs of one image: from the destination, where it has them and does not read too slowly, else from the
 * registry. Of a blob that an earlier run began the first bytes are read again and told to `onChecked`, and the rest
 * follows; it ends in an error when the whole is not what was named.
 */
export function blobOpener(
  { reference, name }: ImageToSave,
  parts: Pick<
    SaveParts,
    'source' | 'held' | 'folder' | 'lineBytesPerSecond' | 'onFetched' | 'onWarned'
  >,
  claims: Claims,
  onChecked: (doneBytes: number, totalBytes: number) => void,
): OpenBlob {
  const { source, held, folder, onFetched, onWarned } = parts
  const { lineBytesPerSecond = () => undefined } = parts
  let isSlownessTold = false

  /** The blob from the destination; undefined where it is to be fetched. */
  const take = async (
    descriptor: Descriptor,
    signal: AbortSignal,
    hasher: Hasher | undefined,
  ): Promise<Readable | undefined> => {
    if (claims.has(descriptor.digest)) return undefined
    const taken = await held.take(descriptor, lineBytesPerSecond, signal, hasher)
    if (taken.from === 'drive') return taken.stream
    if (taken.isClaimed) {
      claims.add(descriptor.digest)
    } else if (!isSlownessTold) {
      isSlownessTold = true
      onWarned?.(
        `${folder} reads slower than the line brings: ${name} fetches again what is there.`,
      )
    }
    return undefined
  }

  return async (descriptor, signal, { begun, hasher }) => {
    const stream = await take(descriptor, signal, hasher)
    const from = begun && {
      offset: begun.offset,
      hasher: await hashed(begun.read(), (doneBytes) => onChecked(doneBytes, begun.offset)),
    }
    if (!stream) {
      return source.blob(reference, descriptor, { signal, from, hasher, onBytes: onFetched })
    }
    if (!from) return stream
    // What was begun came from elsewhere: the whole is right only if both together are.
    const { digest, size: sizeBytes } = descriptor
    const rest = withoutFirst(stream, from.offset)
    return Readable.from(verified(rest, { digest, sizeBytes, name }, from))
  }
}

async function hashed(bytes: Readable, told: (doneBytes: number) => void): Promise<Hasher> {
  const hasher = createHasher()
  let doneBytes = 0
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    await hasher.update(chunk)
    doneBytes += chunk.length
    told(doneBytes)
  }
  return hasher
}

async function* withoutFirst(
  stream: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const chunk of stream) {
    const fresh = chunk.subarray(left)
    left -= chunk.length - fresh.length
    if (fresh.length > 0) yield fresh
  }
}
