import { constants } from 'node:fs'
import { open, readdir, rename, rm, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { syncFolder } from '../disk/durable.ts'
import { destinationError, driveIsFull, errorCode } from './destination-error.ts'
import { MOST_PARTS, PARTIAL, parseFileName, partName } from './name.ts'
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
}

/** Bytes per step of syncing: progress follows the medium by at most two of them. */
const STEP_BYTES = 64 * 1024 * 1024

/**
 * The files that one tarball becomes, written in order: `NAME.tar.partial`, or `NAME.tar.000.partial` and so on, which get
 * their names only when all are on the medium. Where the drive itself refuses to let a file grow (FAT), the file at hand
 * becomes a part, and the rest goes into the next.
 */
export class DestinationFiles {
  readonly #options: DestinationOptions
  readonly #closed: { part: number | undefined; sizeBytes: number; sha256: Promise<string> }[] = []
  #current: OpenFile | undefined
  #limitBytes: number
  #isInParts: boolean
  #writtenBytes = 0
  #unsyncedBytes = 0
  #syncing: Promise<void> = Promise.resolve()

  constructor(options: DestinationOptions) {
    this.#options = options
    this.#limitBytes = options.maxFileSizeBytes ?? Number.MAX_SAFE_INTEGER
    this.#isInParts = options.sizeBytes > this.#limitBytes
    this.#checkParts()
  }

  /** Writes all the bytes, hashing each file on the way; `hashed` resolves when the memory is free again. */
  async write(bytes: Uint8Array): Promise<{ hashed: Promise<void> }> {
    let hashed: Promise<void> = Promise.resolve()
    for (let at = 0; at < bytes.length;) {
      const file = this.#current ?? (await this.#open())
      const piece = bytes.subarray(at, at + this.#limitBytes - file.sizeBytes)
      const written = await this.#put(file, piece)
      if (written > 0) {
        hashed = file.sha256.update(piece.subarray(0, written))
        // A failure is met where the digest is asked for; here it must only not go unhandled.
        hashed.catch(() => undefined)
      }
      at += written
      file.sizeBytes += written
      this.#writtenBytes += written
      this.#unsyncedBytes += written
      if (this.#unsyncedBytes >= STEP_BYTES) await this.#step(file)
      if (file.sizeBytes >= this.#limitBytes) await this.#close(file)
    }
    return { hashed }
  }

  /** Everything on the medium, under its final name, and nothing older of that name left. */
  async finish(): Promise<WrittenFile[]> {
    const { folder } = this.#options
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

  /** Closes what is open; removes what was written unless it is kept for resuming. */
  async abandon(keepPartial: boolean): Promise<void> {
    await this.#syncing.catch(() => undefined)
    await this.#current?.handle.close().catch(() => undefined)
    this.#current?.sha256.drop()
    for (const { sha256 } of this.#closed) sha256.catch(() => undefined)
    if (keepPartial) return
    const parts = [
      ...this.#closed.map(({ part }) => part),
      ...(this.#current ? [this.#current.part] : []),
    ]
    for (const part of parts) await rm(this.#pathOf(part), { force: true }).catch(() => undefined)
  }

  async #open(): Promise<OpenFile> {
    const part = this.#isInParts ? this.#closed.length : undefined
    const path = this.#pathOf(part)
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants // the last is absent, so 0, on Windows
    const handle = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW).catch(
      (error: unknown) => {
        throw destinationError(error, path)
      },
    )
    this.#current = { handle, part, sizeBytes: 0, sha256: createSha256() }
    return this.#current
  }

  /**
   * Bytes written; 0 when the drive lets the file grow no further, which is learnt only by trying: the kernel's FAT says
   * EFBIG, at 4 GiB; fusefat says EPERM, at 2 GiB, but also when it is full.
   */
  async #put(file: OpenFile, piece: Uint8Array): Promise<number> {
    try {
      const { bytesWritten } = await file.handle.write(piece, 0, piece.length, file.sizeBytes)
      if (bytesWritten > 0) return bytesWritten
      throw new Error('nothing was written')
    } catch (error) {
      const path = this.#pathOf(file.part)
      if (!['EFBIG', 'EPERM'].includes(errorCode(error) ?? '')) throw destinationError(error, path)
      if (await isFull(this.#options.folder, piece.length)) throw driveIsFull(error, path)
      if (file.sizeBytes === 0) throw destinationError(error, path)
      this.#limitBytes = file.sizeBytes
      this.#checkParts()
      return 0
    }
  }

  /** Starts a sync beside the writing; waits only for the one before. */
  async #step(file: OpenFile): Promise<void> {
    await this.#syncing
    const { onDurable } = this.#options
    const bytes = this.#writtenBytes
    this.#unsyncedBytes = 0
    this.#syncing = file.handle.datasync().then(
      () => onDurable?.(bytes),
      (error: unknown) => {
        throw destinationError(error, this.#pathOf(file.part))
      },
    )
    this.#syncing.catch(() => undefined)
  }

  async #close(file: OpenFile): Promise<void> {
    await this.#syncing
    const { folder, onDurable } = this.#options
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
    this.#closed.push({ part: file.part, sizeBytes: file.sizeBytes, sha256 })
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

  #nameOf(part: number | undefined): string {
    return part === undefined ? this.#options.name : partName(this.#options.name, part)
  }

  #pathOf(part: number | undefined): string {
    return join(this.#options.folder, this.#nameOf(part) + PARTIAL)
  }
}

async function isFull(folder: string, neededBytes: number): Promise<boolean> {
  const space = await statfs(folder).catch(() => undefined)
  return space !== undefined && space.bavail * space.bsize < neededBytes
}

interface OpenFile {
  readonly handle: FileHandle
  readonly sha256: Sha256
  part: number | undefined
  sizeBytes: number
}
