import { constants } from 'node:fs'
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import { freeBytesOf, type AwaitSpace } from '../disk/space.ts'
import { syncFolder } from '../disk/durable.ts'
import { createCatchUpHash } from './catch-up-hash.ts'
import { destinationError, driveIsFull, errorCode } from './destination-error.ts'
import type { Journal } from './journal.ts'
import { MOST_PARTS, PARTIAL, parseFileName, partName } from './name.ts'
import type { PartialTarball } from './partial.ts'
import { openTarball } from './parts.ts'
import { createSha256, type Sha256 } from './sha256.ts'

export interface WrittenFile {
  readonly name: string
  readonly sizeBytes: number
  /** In hexadecimal. */
  readonly sha256: string
}

export interface DestinationOptions {
  readonly folder: string
  /** Of the tarball, with `.tar`. */
  readonly name: string
  /** Of the whole tarball. */
  readonly sizeBytes: number
  /** No file becomes larger; a larger tarball is written in parts. */
  readonly maxFileSizeBytes?: number | undefined
  /** So many bytes are on the medium. */
  readonly onDurable?: ((bytes: number) => void) | undefined
  /** Told of each write; what is written stays when it is abandoned. */
  readonly journal?: Journal | undefined
  /** What an earlier run wrote, to go on after it. */
  readonly partial?: PartialTarball | undefined
  /** Waits until a full drive has room again; without it that is a failure. */
  readonly awaitSpace?: AwaitSpace | undefined
}

/** Bytes per step of syncing, or time where they come slowly: progress follows the medium by at most two of them. */
const STEP_BYTES = 64 * 1024 * 1024
const STEP_MS = 2_000

/**
 * The files that one tarball becomes, written in order: `NAME.tar.partial`, or `NAME.tar.000.partial` and so on, which get
 * their names only when all are on the medium. Where the drive itself refuses to let a file grow (FAT), the file at hand
 * becomes a part, and the rest goes into the next.
 */
export class DestinationFiles {
  readonly #options: DestinationOptions
  readonly #closed: ClosedFile[] = []
  readonly #rehashes: Sha256[] = []
  #current: OpenFile | undefined
  #limitBytes: number
  #isInParts: boolean
  #writtenBytes = 0
  #unsyncedBytes = 0
  #lastStepMs = performance.now()
  #syncing: Promise<void> = Promise.resolve()
  /** Bytes of the file at hand that an earlier run wrote. */
  #begunBytes = 0

  constructor(options: DestinationOptions) {
    const { partial } = options
    this.#options = options
    this.#limitBytes = options.maxFileSizeBytes ?? Number.MAX_SAFE_INTEGER
    this.#isInParts = options.sizeBytes > this.#limitBytes || partial?.isInParts === true
    this.#checkParts()
    if (partial === undefined) return
    this.#writtenBytes = partial.sizeBytes
    this.#begunBytes = partial.sizeBytes
    for (const [at, { sizeBytes, sha256 }] of partial.closed.entries()) {
      const part = this.#isInParts ? at : undefined
      const known = sha256 === undefined ? this.#rehash(part, sizeBytes) : sha256
      this.#closed.push({ part, sizeBytes, sha256: Promise.resolve(known) })
      this.#begunBytes -= sizeBytes
    }
  }

  /** Bytes of the tarball that are written already. */
  stream(start: number, end: number, signal: AbortSignal): Readable {
    const paths = this.#closed.map(({ part }) => this.#pathOf(part))
    if (this.#current || this.#begunBytes > 0) paths.push(this.#pathOf(this.#nextPart()))
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      const tarball = await openTarball(paths)
      try {
        yield* tarball.stream(start, end, signal) as AsyncIterable<Uint8Array>
      } finally {
        await tarball.close()
      }
    }
    return Readable.from(chunks())
  }

  /** Writes all the bytes, hashing each file on the way; `hashed` resolves when the memory is free again. */
  async write(bytes: Uint8Array): Promise<{ hashed: Promise<unknown> }> {
    const hashes: Promise<void>[] = []
    for (let at = 0; at < bytes.length;) {
      const file = this.#current ?? (await this.#open())
      if (file.sizeBytes >= this.#limitBytes) {
        await this.#close(file)
        continue
      }
      const piece = bytes.subarray(at, at + this.#limitBytes - file.sizeBytes)
      const written = await this.#put(file, piece)
      if (written > 0) hashes.push(file.sha256.update(piece.subarray(0, written)))
      at += written
      file.sizeBytes += written
      this.#writtenBytes += written
      this.#unsyncedBytes += written
      const isLate = performance.now() - this.#lastStepMs >= STEP_MS
      if (isLate || this.#unsyncedBytes >= STEP_BYTES) await this.#step(file)
    }
    const hashed = Promise.all(hashes)
    // A failure is met where the digest is asked for; here it must only not go unhandled.
    hashed.catch(() => undefined)
    return { hashed }
  }

  /** Everything on the medium, under its final name, and nothing older of that name left. */
  async finish(): Promise<WrittenFile[]> {
    const { folder } = this.#options
    if (this.#begunBytes > 0) await this.#open()
    if (this.#current) await this.#close(this.#current)
    const files: WrittenFile[] = []
    for (const { part, sizeBytes, sha256 } of this.#closed) {
      files.push({ name: this.#nameOf(part), sizeBytes, sha256: await sha256 })
    }
    try {
      await this.#removeOlder(new Set(files.map((file) => file.name)))
      // The first part comes last: where it has its name, all have.
      for (const { name } of files.toReversed()) {
        await rename(join(folder, name + PARTIAL), join(folder, name))
      }
      await syncFolder(folder)
    } catch (error) {
      throw destinationError(error, join(folder, this.#options.name))
    }
    return files
  }

  /**
   * Closes what is open. With a journal the next run can go on after what was written, though not beyond `reliableBytes`;
   * without one it is removed.
   */
  async abandon(reliableBytes = this.#writtenBytes): Promise<void> {
    const { journal } = this.#options
    const file = this.#current
    await this.#syncing.catch(() => undefined)
    if (journal) {
      await file?.handle.datasync().then(
        () => journal.durable(this.#writtenBytes),
        () => undefined, // the drive is gone: what it holds is found by the next run
      )
      if (reliableBytes < this.#writtenBytes) await journal.cut(reliableBytes)
    }
    await file?.handle.close().catch(() => undefined)
    file?.sha256.drop()
    for (const hash of this.#rehashes) hash.drop()
    for (const { sha256 } of this.#closed) sha256.catch(() => undefined)
    if (journal) return
    for (const { part } of [...this.#closed, ...(file ? [file] : [])]) {
      await rm(this.#pathOf(part), { force: true }).catch(() => undefined)
    }
  }

  async #open(): Promise<OpenFile> {
    const part = this.#nextPart()
    const path = this.#pathOf(part)
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants // the last is absent, so 0, on Windows
    const sizeBytes = this.#begunBytes
    this.#begunBytes = 0
    const fresh = sizeBytes === 0 ? O_CREAT | O_TRUNC : 0
    const handle = await open(path, O_WRONLY | O_NOFOLLOW | fresh).catch((error: unknown) => {
      throw destinationError(error, path)
    })
    const sha256 = sizeBytes === 0 ? createSha256() : createCatchUpHash(path, sizeBytes)
    this.#current = { handle, part, sizeBytes, sha256 }
    return this.#current
  }

  #rehash(part: number | undefined, sizeBytes: number): Promise<string> {
    const hash = createCatchUpHash(this.#pathOf(part), sizeBytes)
    this.#rehashes.push(hash)
    const digest = hash.digest()
    digest.catch(() => undefined) // met where the digest is asked for
    return digest
  }

  /**
   * Bytes written; 0 when the drive lets the file grow no further, which is learnt only by trying: the kernel's FAT says
   * EFBIG, at 4 GiB; fusefat says EPERM, at 2 GiB, but also when it is full.
   */
  async #put(file: OpenFile, piece: Uint8Array): Promise<number> {
    const { journal, folder, awaitSpace, sizeBytes } = this.#options
    const path = this.#pathOf(file.part)
    for (;;) {
      try {
        const [{ bytesWritten }] = await Promise.all([
          file.handle.write(piece, 0, piece.length, file.sizeBytes),
          journal?.wrote(this.#writtenBytes, piece),
        ])
        if (bytesWritten === 0) throw new Error('nothing was written')
        if (bytesWritten < piece.length) {
          await journal?.wrote(this.#writtenBytes, piece.subarray(0, bytesWritten))
        }
        return bytesWritten
      } catch (error) {
        const code = errorCode(error) ?? ''
        const mayBeLimit = ['EFBIG', 'EPERM'].includes(code)
        const isFull = mayBeLimit
          ? (await freeBytesOf(folder)) < piece.length
          : ['ENOSPC', 'EDQUOT'].includes(code)
        if (isFull) {
          if (awaitSpace === undefined) throw driveIsFull(error, path)
          // What is there may have to last for long.
          await this.#step(file)
          await this.#syncing
          await awaitSpace(sizeBytes - this.#writtenBytes)
          continue
        }
        if (!mayBeLimit || file.sizeBytes === 0) throw destinationError(error, path)
        this.#limitBytes = file.sizeBytes
        this.#checkParts()
        return 0
      }
    }
  }

  /** Starts a sync beside the writing; waits only for the one before. */
  async #step(file: OpenFile): Promise<void> {
    await this.#syncing
    this.#unsyncedBytes = 0
    this.#lastStepMs = performance.now()
    this.#syncing = this.#sync(file, this.#writtenBytes)
    this.#syncing.catch(() => undefined)
  }

  async #sync(file: OpenFile, bytes: number): Promise<void> {
    const { onDurable, journal } = this.#options
    try {
      await file.handle.datasync()
    } catch (error) {
      throw destinationError(error, this.#pathOf(file.part))
    }
    await journal?.durable(bytes)
    onDurable?.(bytes)
  }

  async #close(file: OpenFile): Promise<void> {
    await this.#syncing
    const { folder, onDurable, journal } = this.#options
    try {
      await file.handle.sync()
      onDurable?.(this.#writtenBytes)
      this.#unsyncedBytes = 0
      await file.handle.close()
      const isWhole = this.#writtenBytes === this.#options.sizeBytes
      if (file.part === undefined && !isWhole) {
        this.#isInParts = true
        await rename(this.#pathOf(undefined), join(folder, this.#nameOf(0) + PARTIAL))
        file.part = 0
      }
    } catch (error) {
      throw destinationError(error, this.#pathOf(file.part))
    }
    this.#current = undefined
    const sha256 = file.sha256.digest()
    sha256.catch(() => undefined)
    const number = this.#closed.length
    this.#closed.push({ part: file.part, sizeBytes: file.sizeBytes, sha256 })
    await journal?.closed(file.sizeBytes)
    await journal?.durable(this.#writtenBytes)
    // A failure is met where the digest is asked for.
    sha256.then((sum) => journal?.summed(number, sum)).catch(() => undefined)
  }

  async #removeOlder(kept: ReadonlySet<string>): Promise<void> {
    const { folder, name } = this.#options
    for (const file of await readdir(folder)) {
      const found = parseFileName(file)
      const final = found.isPartial ? file.slice(0, -PARTIAL.length) : file
      if (found.name === name && !kept.has(final)) await rm(join(folder, file), { force: true })
    }
  }

  #checkParts(): void {
    const limitBytes = this.#limitBytes
    if (limitBytes >= 1 && this.#options.sizeBytes / limitBytes <= MOST_PARTS) return
    throw new AppError(
      'usage',
      `Files of ${limitBytes} bytes would make more than ${MOST_PARTS} parts.`,
      {
        hint: 'Choose a larger --max-file-size.',
      },
    )
  }

  #nextPart(): number | undefined {
    return this.#isInParts ? this.#closed.length : undefined
  }

  #nameOf(part: number | undefined): string {
    return part === undefined ? this.#options.name : partName(this.#options.name, part)
  }

  #pathOf(part: number | undefined): string {
    return join(this.#options.folder, this.#nameOf(part) + PARTIAL)
  }
}

interface ClosedFile {
  readonly part: number | undefined
  readonly sizeBytes: number
  readonly sha256: Promise<string>
}

interface OpenFile {
  readonly handle: FileHandle
  readonly sha256: Sha256
  part: number | undefined
  sizeBytes: number
}
