import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import { parseFileName } from '../archive/name.ts'
import type { openTarball, Tarball } from '../archive/parts.ts'
import { PIECE_BYTES, pieceMemory } from '../net/read-memory.ts'
import type { Descriptor } from '../registry/manifest.ts'
import { verified, type Hasher } from '../registry/verified-stream.ts'
import type { BlobPlace } from './held-blobs.ts'

export interface ReadHeldParts {
  readonly folder: string
  readonly open: typeof openTarball
  readonly now: () => number
  /** Told how many bytes the drive gave, and how long they were waited for. */
  readonly onRead: (bytes: number, seconds: number) => void
}

/**
 * A blob from a tarball of the folder, verified while it is read; undefined when it is not there. The stream ends in
 * HeldBlobDamaged when the drive gives other bytes.
 */
export async function readHeld(
  { folder, open, now, onRead }: ReadHeldParts,
  { digest, size: sizeBytes }: Descriptor,
  { name, offset, isPartial }: BlobPlace,
  { signal, hasher }: { readonly signal: AbortSignal; readonly hasher?: Hasher | undefined },
): Promise<Readable | undefined> {
  // A tarball being finished is renamed part by part: look again rather than give up.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const tarball = await open(await filesOf(folder, name, isPartial)).catch(() => undefined)
    if (tarball === undefined) continue
    if (tarball.sizeBytes < offset + sizeBytes) {
      await tarball.close()
      continue
    }
    const pieces = read(tarball, offset, offset + sizeBytes, { now, onRead }, signal)
    const bytes = damagedIfWrong(
      verified(pieces, { digest, sizeBytes, name }, { ...(hasher && { hasher }) }),
      name,
    )
    // In object mode, since `for await` joins the pieces of a byte stream, which is a copy.
    const stream = Readable.from(bytes, { highWaterMark: 1 })
    stream.once('close', () => void tarball.close())
    return stream
  }
  return undefined
}

/** The bytes on the drive are not the blob that its tarball names. */
export class HeldBlobDamaged extends AppError {
  readonly tarball: string

  constructor(tarball: string, cause: unknown) {
    super('damaged', `${tarball} is damaged.`, { cause })
    this.tarball = tarball
  }
}

/** The files of the finished tarball; of a partial one unless that is finished by now. */
async function filesOf(folder: string, name: string, isPartial: boolean): Promise<string[]> {
  const files = (await readdir(folder))
    .map((file) => ({ file, ...parseFileName(file) }))
    .filter((file) => file.name === name)
    .toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0))
  const partial = files.filter((file) => file.isPartial)
  const finished = files.filter((file) => !file.isPartial)
  return (isPartial && partial.length > 0 ? partial : finished).map(({ file }) =>
    join(folder, file),
  )
}

/** In pieces large enough that the time of a read is the drive's, and not that of a busy event loop. */
async function* read(
  tarball: Tarball,
  start: number,
  end: number,
  { now, onRead }: Pick<ReadHeldParts, 'now' | 'onRead'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end;) {
    signal.throwIfAborted()
    const piece = pieceMemory(Math.min(PIECE_BYTES, end - at))
    const askedMs = now()
    const length = await tarball.read(piece, at)
    onRead(length, (now() - askedMs) / 1000)
    if (length === 0) throw new AppError('damaged', 'The tarball ends too early.')
    yield piece.subarray(0, length)
    at += length
  }
}

async function* damagedIfWrong(
  source: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (error) {
    throw new HeldBlobDamaged(name, error)
  }
}
