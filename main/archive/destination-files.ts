import { rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { AwaitSpace } from '../disk/space.ts'
import { ClosedFiles } from './closed-files.ts'
import { destinationError, driveIsFull } from './destination-error.ts'
import { giveNames } from './final-names.ts'
import { GrowingFile } from './growing-file.ts'
import type { Journal } from './journal.ts'
import { PartialNames } from './partial-names.ts'
import { checkPartCount } from './part-count.ts'
import type { PartialTarball } from './partial.ts'
import { streamFiles } from './parts.ts'
import { SyncSteps } from './sync-steps.ts'

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

/**
 * The files that one tarball becomes, written in order: `NAME.tar.partial`, or `NAME.tar.000.partial` and so on, which get
 * their names only when all are on the medium. Where the drive itself refuses to let a file grow (FAT), the file at hand
 * becomes a part, and the rest goes into the next.
 */
export class DestinationFiles {
  readonly #options: DestinationOptions
  readonly #names: PartialNames
  readonly #closed = new ClosedFiles()
  readonly #steps = new SyncSteps()
  #current: GrowingFile | undefined
  #limitBytes: number
  #writtenBytes = 0
  /** Bytes of the file at hand that an earlier run wrote. */
  #begunBytes = 0

  constructor(options: DestinationOptions) {
    const { partial } = options
    this.#options = options
    this.#limitBytes = options.maxFileSizeBytes ?? Number.MAX_SAFE_INTEGER
    checkPartCount(options.sizeBytes, this.#limitBytes)
    const isInParts = options.sizeBytes > this.#limitBytes || partial?.isInParts === true
    this.#names = new PartialNames(options.folder, options.name, isInParts)
    if (partial === undefined) return
    this.#writtenBytes = partial.sizeBytes
    this.#begunBytes = partial.sizeBytes
    for (const [part, { sizeBytes, sha256 }] of partial.closed.entries()) {
      this.#closed.addEarlier(sizeBytes, this.#names.path(part), sha256)
      this.#begunBytes -= sizeBytes
    }
  }

  /** Bytes of the tarball that are written already. */
  stream(start: number, end: number, signal: AbortSignal): Readable {
    const isOneOpen = this.#current !== undefined || this.#begunBytes > 0
    const paths = this.#names.paths(this.#closed.count + Number(isOneOpen))
    return streamFiles(paths, start, end, signal)
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
      const written = await file.append(piece, {
        note: async (noted) => await this.#options.journal?.wrote(this.#writtenBytes, noted),
        makeRoom: (error) => this.#makeRoom(file, error),
      })
      if (written === undefined) {
        this.#limitBytes = file.sizeBytes
        checkPartCount(this.#options.sizeBytes, this.#limitBytes)
        continue
      }
      hashes.push(written.hashed)
      at += written.bytes
      this.#writtenBytes += written.bytes
      await this.#steps.wrote(written.bytes, () => this.#sync(file))
    }
    const hashed = Promise.all(hashes)
    // A failure is met where the digest is asked for; here it must only not go unhandled.
    hashed.catch(() => undefined)
    return { hashed }
  }

  /** Everything on the medium, under its final name, and nothing older of that name left. */
  async finish(): Promise<WrittenFile[]> {
    const { folder, name: tarball } = this.#options
    if (this.#begunBytes > 0) await this.#open()
    if (this.#current) await this.#close(this.#current)
    const summed = await this.#closed.summed()
    const files = summed.map((file, part) => ({ name: this.#names.final(part), ...file }))
    await giveNames(
      folder,
      tarball,
      files.map(({ name }) => name),
    )
    return files
  }

  /**
   * Closes what is open. With a journal the next run can go on after what was written, though not beyond `reliableBytes`;
   * without one it is removed.
   */
  async abandon(reliableBytes = this.#writtenBytes): Promise<void> {
    const { journal } = this.#options
    const file = this.#current
    await this.#steps.settled().catch(() => undefined)
    if (journal) {
      await file?.sync().then(
        () => journal.durable(this.#writtenBytes),
        () => undefined, // the drive is gone: what it holds is found by the next run
      )
      if (reliableBytes < this.#writtenBytes) await journal.cut(reliableBytes)
    }
    await file?.abandon()
    this.#closed.drop()
    if (journal) return
    for (const path of this.#names.paths(this.#closed.count + Number(file !== undefined))) {
      await rm(path, { force: true }).catch(() => undefined)
    }
  }

  async #open(): Promise<GrowingFile> {
    const begunBytes = this.#begunBytes
    this.#begunBytes = 0
    this.#current = await GrowingFile.open(this.#names.path(this.#closed.count), begunBytes)
    return this.#current
  }

  async #makeRoom(file: GrowingFile, error: unknown): Promise<void> {
    const { awaitSpace, sizeBytes } = this.#options
    if (awaitSpace === undefined) throw driveIsFull(error, file.path)
    // What is there may have to last for long.
    await this.#steps.start(() => this.#sync(file))
    await this.#steps.settled()
    await awaitSpace(sizeBytes - this.#writtenBytes)
  }

  async #sync(file: GrowingFile): Promise<void> {
    const { onDurable, journal } = this.#options
    const bytes = this.#writtenBytes
    try {
      await file.sync()
    } catch (error) {
      throw destinationError(error, file.path)
    }
    await journal?.durable(bytes)
    onDurable?.(bytes)
  }

  async #close(file: GrowingFile): Promise<void> {
    await this.#steps.settled()
    const { onDurable, journal, sizeBytes } = this.#options
    const part = this.#closed.count
    let sha256: Promise<string>
    try {
      ;({ sha256 } = await file.close())
      onDurable?.(this.#writtenBytes)
      this.#steps.reset()
      // It was to be the only one.
      if (!this.#names.isInParts && this.#writtenBytes < sizeBytes) {
        this.#names.isInParts = true
        await rename(file.path, this.#names.path(part))
      }
    } catch (error) {
      throw destinationError(error, file.path)
    }
    this.#current = undefined
    this.#closed.add(file.sizeBytes, sha256)
    await journal?.closed(file.sizeBytes)
    await journal?.durable(this.#writtenBytes)
    // A failure is met where the digest is asked for.
    sha256.then((sum) => journal?.summed(part, sum)).catch(() => undefined)
  }
}
