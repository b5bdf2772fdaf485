import { addAbortSignal, type Readable } from 'node:stream'
import { AppError, type ErrorCode } from '../api/errors.ts'
import type { AwaitSpace } from '../disk/space.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Hasher } from '../registry/verified-stream.ts'
import { DestinationFiles, type WrittenFile } from './destination-files.ts'
import type { Journal } from './journal.ts'
import type { TarballLayout } from './layout.ts'
import type { PartialTarball } from './partial.ts'
import { Slabs } from './slabs.ts'
import { END_BYTES, paddingAfter } from './tar-header.ts'
import { WrittenHash } from './written-hash.ts'

export interface WriteOptions {
  readonly layout: TarballLayout
  readonly folder: string
  /** File name, from `tarballName`. */
  readonly name: string
  readonly maxFileSizeBytes?: number | undefined
  /**
   * Opens a layer or other blob, or what of it is not there yet; the stream ends in an error when the whole is not the blob
   * that was named. `hasher` takes the digest of what is written, so that the stream need not; there is none where some of
   * the blob was written before.
   */
  readonly openBlob: OpenBlob
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
  /** What an earlier run wrote: it is gone on after that. */
  readonly partial?: PartialTarball | undefined
  /** Kept up to date, so that another run can go on. Without one, what was written is removed when it fails. */
  readonly journal?: Journal | undefined
  /** Told of each chunk of a blob whose bytes were taken: its memory may be used again. */
  readonly taken?: ((chunk: Uint8Array) => void) | undefined
  /** Waits until a full drive has room again; without it that is a failure. */
  readonly awaitSpace?: AwaitSpace | undefined
}

export type OpenBlob = (
  descriptor: Descriptor,
  signal: AbortSignal,
  from: { readonly begun?: BegunBlob | undefined; readonly hasher?: Hasher | undefined },
) => Promise<Readable>

/** A blob whose first bytes an earlier run wrote. */
export interface BegunBlob {
  /** How many. */
  readonly offset: number
  /** Reads them from the drive. */
  read(): Readable
}

export interface WriteProgress {
  /**
   * Checking: what an earlier run wrote is read again, before more comes. Saving: bytes come from an engine, not over the
   * line. Flushing: all bytes have come and were handed to the drive, which has not stored them all yet.
   */
  readonly phase: 'checking' | 'saving' | 'downloading' | 'flushing'
  /** While checking. */
  readonly checked?: { readonly doneBytes: number; readonly totalBytes: number }
  /** Handed to the drive. */
  readonly writtenBytes: number
  /** On the medium. */
  readonly durableBytes: number
  /** Of the tarball, where the plan could not know it. */
  readonly totalBytes?: number
}

export interface WrittenTarball {
  /** One, or the parts in order. */
  readonly files: readonly WrittenFile[]
  readonly sizeBytes: number
}

/**
 * Writes a tarball in a single pass, in order, straight to its place, hashing each file on the way. Nothing has its final
 * name before everything is on the medium. Throws AppError `no-space`, `destination` or `protocol`, the error of a blob's
 * stream, or the signal's reason.
 */
export async function writeTarball(
  options: WriteOptions,
  signal: AbortSignal,
): Promise<WrittenTarball> {
  const { layout, onProgress, partial, journal, awaitSpace, taken } = options
  const begunBytes = partial?.sizeBytes ?? 0
  let progress: WriteProgress = {
    phase: 'downloading',
    writtenBytes: begunBytes,
    durableBytes: begunBytes,
  }
  const tell = (change: Partial<WriteProgress>): void => {
    progress = { ...progress, ...change }
    onProgress?.(progress)
  }
  const files = new DestinationFiles({
    folder: options.folder,
    name: options.name,
    sizeBytes: layout.sizeBytes,
    maxFileSizeBytes: options.maxFileSizeBytes,
    onDurable: (durableBytes) => tell({ durableBytes }),
    partial,
    journal,
    awaitSpace,
  })
  const slabs = new Slabs(async (bytes) => {
    const written = await files.write(bytes)
    tell({ writtenBytes: progress.writtenBytes + bytes.length })
    return written
  })
  /** Appends what is not there yet of bytes that belong to that place of the tarball. */
  const append = (bytes: Uint8Array, offset: number): Promise<void> =>
    slabs.append(bytes.subarray(Math.max(0, begunBytes - offset)))
  let reliableBytes: number | undefined
  try {
    tell({})
    for (const { header, headerOffset, dataOffset, sizeBytes, source, name } of layout.members) {
      signal.throwIfAborted()
      await append(header, headerOffset)
      if (source.kind === 'bytes') {
        await append(source.bytes, dataOffset)
      } else if (begunBytes <= dataOffset + sizeBytes) {
        // What follows a blob was written only after its digest was right.
        const offset = Math.max(0, begunBytes - dataOffset)
        const read = (): Readable => files.stream(dataOffset, dataOffset + offset, signal)
        const begun = offset === 0 ? undefined : { offset, read }
        const hash = begun ? undefined : new WrittenHash()
        // Opening may wait for another tarball that waits for what was just appended here: that must be on its way.
        slabs.flush()
        try {
          const from = { begun, hasher: hash }
          const opened = await options.openBlob(source.descriptor, signal, from)
          const stream = addAbortSignal(signal, opened)
          await appendBlob(slabs, stream, { name, sizeBytes, gotBytes: offset, taken, hash })
        } catch (error) {
          if (spoils(error)) reliableBytes = headerOffset
          throw error
        } finally {
          hash?.drop()
        }
      }
      const end = dataOffset + sizeBytes
      await append(zeros.subarray(0, paddingAfter(sizeBytes)), end)
    }
    await append(zeros.subarray(0, END_BYTES), layout.sizeBytes - END_BYTES)
    await slabs.drain()
    signal.throwIfAborted()
    tell({ phase: 'flushing' })
    return { files: await files.finish(), sizeBytes: layout.sizeBytes }
  } catch (error) {
    await slabs.settle()
    await files.abandon(reliableBytes)
    throw signal.aborted ? signal.reason : error
  }
}

const zeros = new Uint8Array(END_BYTES)

type BlobToAppend = Pick<WriteOptions, 'taken'> & {
  name: string
  sizeBytes: number
  /** That were there before. */
  gotBytes: number
  hash: WrittenHash | undefined
}

async function appendBlob(
  slabs: Slabs,
  stream: Readable,
  { name, sizeBytes, gotBytes, taken, hash }: BlobToAppend,
): Promise<void> {
  let got = gotBytes
  if (got === sizeBytes) hash?.end()
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`${name}: not a stream of bytes`)
    got += chunk.length
    if (got > sizeBytes) throw wrongLength(name, sizeBytes, 'more')
    await slabs.append(chunk, hash?.sha256)
    taken?.(chunk)
    if (got < sizeBytes) continue
    slabs.endRun()
    hash?.end()
  }
  if (got < sizeBytes) throw wrongLength(name, sizeBytes, `${got}`)
}

/** Whether it says that the bytes are wrong, and not only that no more of them came. */
function spoils(error: unknown): boolean {
  return error instanceof AppError && spoiling.has(error.code)
}

const spoiling: ReadonlySet<ErrorCode> = new Set(['digest-mismatch', 'protocol', 'damaged'])

function wrongLength(name: string, sizeBytes: number, got: string): AppError {
  return new AppError('protocol', `${name} should be ${sizeBytes} bytes long, but ${got} came.`)
}
