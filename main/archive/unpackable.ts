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
  const look = async (create: () => Transform): Promise<number | undefined> => {
    const coarse = await feed(create(), tarball, { start, end, fineFrom: Infinity }, signal)
    if (coarse === undefined) return undefined
    const fineFrom = coarse - COARSE_BYTES
    return await feed(create(), tarball, { start, end: coarse, fineFrom }, signal)
  }
  if (compression === 'gzip') return await look(() => zlib.createGunzip())
  if (compression === 'zstd') {
    if (!('createZstdDecompress' in zlib)) return undefined // Node 20
    return await look(() => zlib.createZstdDecompress())
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
/** Many small pieces take ten times as long as few large ones: so only the one that fails is cut small. */
const COARSE_BYTES = 256 * 1024
/** Real layers unpack to some ten times their size; what was made to unpack without end is let be. */
const MOST_TIMES = 64
const MOST_MORE_BYTES = 64 * 1024 * 1024

async function feed(
  unpack: Transform,
  tarball: Tarball,
  { start, end, fineFrom }: { start: number; end: number; fineFrom: number },
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
      const pieceBytes = position < fineFrom ? COARSE_BYTES : PIECE_BYTES
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        const piece = chunk.subarray(at, at + pieceBytes)
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
