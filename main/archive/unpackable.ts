import { once } from 'node:events'
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { compressionAt } from './compression.ts'
import type { Tarball } from './parts.ts'
import { walkMembers } from './tar-members.ts'

/**
 * Up to where a damaged layer makes sense: the end of the piece of 4 KiB in which it cannot be unpacked any more, or in
 * which a plain one has a broken header. The damage lies before. Undefined when nothing is noticed, or when it unpacks to
 * more than any layer does.
 */
export async function unpackableUntil(
  tarball: Tarball,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const compression = await compressionAt(tarball, start)
  if (compression === 'gzip') return await feed(zlib.createGunzip(), tarball, start, end, signal)
  if (compression === 'zstd') {
    if (!('createZstdDecompress' in zlib)) return undefined // Node 20
    return await feed(zlib.createZstdDecompress(), tarball, start, end, signal)
  }
  const walk = walkMembers(
    {
      sizeBytes: end - start,
      read: (buffer, position) =>
        tarball.read(buffer.subarray(0, Math.max(0, end - start - position)), start + position),
    },
    signal,
  )
  let next = await walk.next()
  while (next.done !== true) next = await walk.next()
  const { kind, offset } = next.value
  return kind === 'damaged' && offset > 0 ? Math.min(end, start + offset + PIECE_BYTES) : undefined
}

const PIECE_BYTES = 4096
/** Real layers unpack to some ten times their size; what was made to unpack without end is let be. */
const MOST_TIMES = 64
const MOST_MORE_BYTES = 64 * 1024 * 1024

async function feed(
  unpack: Transform,
  tarball: Tarball,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  let hasFailed = false
  let gotBytes = 0
  let goOn: (() => void) | undefined
  unpack.on('error', () => {
    hasFailed = true
    goOn?.() // the write that failed is never answered
  })
  unpack.on('data', (chunk: Uint8Array) => {
    gotBytes += chunk.length
  })
  try {
    let position = start
    for await (const chunk of tarball.stream(start, end, signal) as AsyncIterable<Uint8Array>) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES)
        await new Promise<void>((resolve) => {
          goOn = resolve
          unpack.write(piece, () => resolve())
        })
        position += piece.length
        if (hasFailed) return position
        if (gotBytes > MOST_TIMES * (end - start) + MOST_MORE_BYTES) return undefined
      }
    }
    unpack.end()
    await once(unpack, 'end').catch(() => undefined)
    return hasFailed ? end : undefined
  } finally {
    unpack.destroy()
  }
}
