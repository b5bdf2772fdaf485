import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toldFreeBytesOf } from '../disk/space.ts'
import { createCatchUpHash } from './catch-up-hash.ts'
import { destinationError, errorCode } from './destination-error.ts'
import { createSha256, isHashingFast, type Sha256 } from './sha256.ts'

/** A file of a tarball, open at its end, and the hash of all that stands in it. */
export class GrowingFile {
  readonly path: string
  readonly #handle: FileHandle
  readonly #sha256: Sha256
  #sizeBytes: number

  /** Goes on with a file of so many bytes, or makes it anew. Throws AppError `destination`. */
  static async open(path: string, begunBytes: number): Promise<GrowingFile> {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants // the last is absent, so 0, on Windows
    const fresh = begunBytes === 0 ? O_CREAT | O_TRUNC : 0
    const handle = await open(path, O_WRONLY | O_NOFOLLOW | fresh).catch((error: unknown) => {
      throw destinationError(error, path)
    })
    const joins = isHashingFast()
    const sha256 = begunBytes === 0 ? createSha256({ joins }) : createCatchUpHash(path, begunBytes)
    return new GrowingFile(path, handle, sha256, begunBytes)
  }

  private constructor(path: string, handle: FileHandle, sha256: Sha256, sizeBytes: number) {
    this.path = path
    this.#handle = handle
    this.#sha256 = sha256
    this.#sizeBytes = sizeBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /**
   * Writes some of it at the end; `hashed` resolves when the memory is free again. Undefined where the drive lets the file
   * grow no further. Throws what `makeRoom` throws, and AppError `destination`.
   */
  async append(
    piece: Uint8Array,
    { note, makeRoom }: AppendOptions,
  ): Promise<{ bytes: number; hashed: Promise<void> } | undefined> {
    for (;;) {
      try {
        const [{ bytesWritten: bytes }] = await Promise.all([
          this.#handle.write(piece, 0, piece.length, this.#sizeBytes),
          note(piece),
        ])
        if (bytes === 0) throw new Error('nothing was written')
        const written = piece.subarray(0, bytes)
        if (bytes < piece.length) await note(written)
        this.#sizeBytes += bytes
        return { bytes, hashed: this.#sha256.update(written) }
      } catch (error) {
        const answer = await this.#judge(error, piece.length)
        if (answer === 'limit' && this.#sizeBytes > 0) return undefined
        if (answer !== 'full') throw destinationError(error, this.path)
        await makeRoom(error)
      }
    }
  }

  /** Its bytes are on the medium. Throws what the drive answers. */
  async sync(): Promise<void> {
    await this.#handle.datasync()
  }

  /** It is as large as it will be, and on the medium. Returns the sum, in hexadecimal. Throws what the drive answers. */
  async close(): Promise<{ sha256: Promise<string> }> {
    await this.#handle.sync()
    await this.#handle.close()
    return { sha256: this.#sha256.digest() }
  }

  /** Nothing more comes, and nobody asks for the sum. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    this.#sha256.drop()
  }

  /**
   * The largest file is learnt only by trying: the kernel's FAT says EFBIG, at 4 GiB; fusefat says EPERM, at 2 GiB, but also
   * when it is full, and it does not always tell what is free.
   */
  async #judge(error: unknown, wantedBytes: number): Promise<'full' | 'limit' | 'failed'> {
    const code = errorCode(error) ?? ''
    if (['ENOSPC', 'EDQUOT'].includes(code)) return 'full'
    if (!['EFBIG', 'EPERM'].includes(code)) return 'failed'
    const freeBytes = await toldFreeBytesOf(dirname(this.path))
    if (freeBytes !== undefined) return freeBytes < wantedBytes ? 'full' : 'limit'
    const isBelowLimit = this.#sizeBytes + wantedBytes <= FUSEFAT_LARGEST_BYTES
    return code === 'EPERM' && isBelowLimit ? 'full' : 'limit'
  }
}

/** fusefat lets no file grow larger. */
const FUSEFAT_LARGEST_BYTES = 2 ** 31 - 1

interface AppendOptions {
  /** Told of the bytes beside their being written, and again of the first ones where the drive took no more of them. */
  readonly note: (bytes: Uint8Array) => Promise<void>
  /** Resolves when a drive that has no room, as the error says, may have some. */
  readonly makeRoom: (error: unknown) => Promise<void>
}
