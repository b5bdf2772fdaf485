import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import { openPastCache } from '../disk/past-cache.ts'
import type { ByteSource } from './read-ahead.ts'

/** A tarball as one run of bytes, whether it lies in one file or in parts. */
export interface Tarball extends ByteSource {
  readonly files: readonly TarballPart[]
  /** Bytes from `start` up to, without, `end`. */
  stream(start: number, end: number, signal?: AbortSignal): Readable
  /** The same bytes, from the medium itself; undefined where the system does not let it. To be closed by itself. */
  pastCache(): Promise<(ByteSource & { close(): Promise<void> }) | undefined>
  close(): Promise<void>
}

/** The same of files that are opened for it alone, and closed at its end. */
export function streamFiles(
  paths: readonly string[],
  start: number,
  end: number,
  signal: AbortSignal,
): Readable {
  const read = async function* (): AsyncGenerator<Uint8Array> {
    const tarball = await openTarball(paths)
    try {
      yield* tarball.stream(start, end, signal) as AsyncIterable<Uint8Array>
    } finally {
      await tarball.close()
    }
  }
  return Readable.from(read())
}

export interface TarballPart {
  readonly path: string
  /** Where its first byte is in the tarball. */
  readonly start: number
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/**
 * Opens a tarball from its files, in order. Only regular files are opened, never through a link or a FIFO that waits.
 * Throws AppError `not-found` or `destination`.
 */
export async function openTarball(paths: readonly string[]): Promise<Tarball> {
  const opened: OpenPart[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((part) => part.handle.close()))
  }
  let sizeBytes = 0
  try {
    for (const path of paths) {
      const { handle, stats } = await openFile(path)
      const { size, mtimeMs } = stats
      opened.push({ handle, path, start: sizeBytes, sizeBytes: size, modifiedMs: mtimeMs })
      sizeBytes += size
    }
  } catch (error) {
    await close()
    throw error
  }
  const read = (buffer: Uint8Array, position: number): Promise<number> =>
    readAcross(opened, buffer, position, async ({ handle }, piece, at) => {
      const { bytesRead } = await handle.read(piece, 0, piece.length, at)
      return bytesRead
    })
  return {
    files: opened,
    sizeBytes,
    read,
    stream: (start, end, signal) =>
      Readable.from(chunks(read, start, end, signal), { objectMode: false }),
    async pastCache() {
      const reader = await openPastCache(opened.map(({ path }) => path))
      return (
        reader && {
          sizeBytes,
          read: (buffer, position) =>
            readAcross(opened, buffer, position, ({ path }, piece, at) =>
              reader.read(path, piece, at),
            ),
          close: () => reader.close(),
        }
      )
    },
    close,
  }
}

interface OpenPart extends TarballPart {
  readonly handle: FileHandle
}

const CHUNK_BYTES = 256 * 1024

async function openFile(path: string): Promise<{ handle: FileHandle; stats: Stats }> {
  // The last two are absent, so 0, on Windows, which has no such files in a folder.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let handle
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const stats = await handle.stat()
    if (!stats.isFile()) throw new AppError('foreign', `${basename(path)} is not a file.`)
    return { handle, stats }
  } catch (error) {
    await handle?.close()
    throw readError(error, path)
  }
}

function readError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const name = basename(path)
  const failure = (kind: 'not-found' | 'foreign' | 'destination', what: string): AppError =>
    new AppError(kind, `${name} ${what}.`, { cause: error })
  if (error instanceof AppError) return error
  if (code === 'ENOENT' || code === 'ENOTDIR') return failure('not-found', 'does not exist')
  if (code === 'ELOOP') return failure('foreign', 'is a link')
  if (code === 'ENXIO') return failure('foreign', 'is not a file')
  if (code === 'EACCES' || code === 'EPERM') return failure('destination', 'may not be read')
  if (typeof code === 'string') return failure('destination', `cannot be read (${code})`)
  return error
}

async function readAcross(
  parts: readonly OpenPart[],
  buffer: Uint8Array,
  position: number,
  readPart: (part: OpenPart, piece: Uint8Array, at: number) => Promise<number>,
): Promise<number> {
  let filled = 0
  for (const part of parts) {
    const end = part.start + part.sizeBytes
    while (filled < buffer.length && position + filled < end && position + filled >= part.start) {
      const at = position + filled
      const length = Math.min(buffer.length - filled, end - at)
      const piece = buffer.subarray(filled, filled + length)
      const bytesRead = await readPart(part, piece, at - part.start).catch((error: unknown) => {
        throw readError(error, part.path)
      })
      if (bytesRead === 0) return filled // the file became shorter
      filled += bytesRead
    }
  }
  return filled
}

async function* chunks(
  read: ByteSource['read'],
  start: number,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    signal?.throwIfAborted()
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at))
    const length = await read(chunk, at)
    if (length === 0) throw new AppError('damaged', 'The tarball ends too early.')
    yield chunk.subarray(0, length)
    at += length
  }
}
