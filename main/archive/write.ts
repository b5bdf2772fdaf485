import { addAbortSignal, type Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import type { Descriptor } from '../registry/manifest.ts'
import { DestinationFiles, type WrittenFile } from './destination-files.ts'
import type { LayoutMember, TarballLayout } from './layout.ts'
import { Slabs } from './slabs.ts'
import { END_BYTES, paddingAfter } from './tar-header.ts'

export interface WriteOptions {
  readonly layout: TarballLayout
  readonly folder: string
  /** File name, from `tarballName`. */
  readonly name: string
  readonly maxFileSizeBytes?: number | undefined
  /** Opens a layer or other blob; the stream ends in an error when it is not the blob that was named. */
  readonly openBlob: (descriptor: Descriptor, signal: AbortSignal) => Promise<Readable>
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
  /** Leave the `.partial` files when it fails. */
  readonly keepPartial?: boolean
}

export interface WriteProgress {
  /** Flushing: all bytes have come and were handed to the drive, which has not stored them all yet. */
  readonly phase: 'downloading' | 'flushing'
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
  const { layout, onProgress } = options
  let progress: WriteProgress = { phase: 'downloading', writtenBytes: 0, durableBytes: 0 }
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
  })
  const slabs = new Slabs(async (bytes) => {
    const written = await files.write(bytes)
    tell({ writtenBytes: progress.writtenBytes + bytes.length })
    return written
  })
  try {
    for (const member of layout.members) {
      signal.throwIfAborted()
      await slabs.append(member.header)
      await appendBody(slabs, member, options, signal)
      await slabs.append(zeros.subarray(0, paddingAfter(member.sizeBytes)))
    }
    await slabs.append(zeros.subarray(0, END_BYTES))
    await slabs.drain()
    signal.throwIfAborted()
    tell({ phase: 'flushing' })
    return { files: await files.finish(), sizeBytes: layout.sizeBytes }
  } catch (error) {
    await slabs.settle()
    await files.abandon(options.keepPartial === true)
    throw signal.aborted ? signal.reason : error
  }
}

const zeros = new Uint8Array(END_BYTES)

async function appendBody(
  slabs: Slabs,
  { source, sizeBytes, name }: LayoutMember,
  { openBlob }: WriteOptions,
  signal: AbortSignal,
): Promise<void> {
  if (source.kind === 'bytes') {
    await slabs.append(source.bytes)
    return
  }
  const { digest } = source.descriptor
  // Opening may wait for another tarball that waits for what was just appended here: that must be on its way.
  slabs.flush()
  const stream = addAbortSignal(signal, await openBlob(source.descriptor, signal))
  let gotBytes = 0
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`${name}: not a stream of bytes`)
    gotBytes += chunk.length
    if (gotBytes > sizeBytes) throw wrongLength(digest, sizeBytes, 'more')
    await slabs.append(chunk)
  }
  if (gotBytes < sizeBytes) throw wrongLength(digest, sizeBytes, `${gotBytes}`)
}

function wrongLength(digest: string, sizeBytes: number, got: string): AppError {
  return new AppError('protocol', `${digest} should be ${sizeBytes} bytes long, but ${got} came.`)
}
