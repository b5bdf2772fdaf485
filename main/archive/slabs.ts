import { sharedBytes, type Sha256 } from './sha256.ts'

const SLAB_BYTES = 1024 * 1024
/** So long bytes wait for more of them while nothing is being written. A fast line fills a slab sooner. */
const LINGER_MS = 5
/** So long while they are no more than `LITTLE_SHARE` of all that came: a crash then costs little of what was won. */
const LONG_LINGER_MS = 100
const LITTLE_SHARE = 0.01
/** 8 MiB for each tarball being written: what the line brings while the drive is busy. */
const MOST_SLABS = 8
/** What finished tarballs leave to the next ones: such memory is given back late, and would pile up with each of them. */
const spare: Buffer[] = []
const MOST_SPARE = 16

/**
 * Gathers small chunks into large writes, one after another, while the next slab fills. Bounded: `append` waits while all
 * slabs are on their way. The one copy that it costs puts the bytes where the hashing worker can see them.
 */
export class Slabs {
  readonly #write: (bytes: Uint8Array) => Promise<{ hashed: Promise<unknown> }>
  /** Slabs that this tarball has. */
  #count = 0
  #filling: Buffer | undefined
  #filledBytes = 0
  /** To all slabs. */
  #appendedBytes = 0
  /** Where the bytes begin, in the slab being filled, that a hash has not got yet. */
  #run: { readonly hash: Sha256; readonly start: number } | undefined
  /** What hashes look at in the slab being filled. */
  #hashing: Promise<void>[] = []
  #writing: Promise<void> = Promise.resolve()
  #underWay = 0
  #timer: NodeJS.Timeout | undefined
  #isLingerLong = false
  #isDue = false
  #waiting: (() => void) | undefined
  #failure: { error: unknown } | undefined

  /** `write` resolves when the bytes are written, and its `hashed` when the slab may be filled again. */
  constructor(write: (bytes: Uint8Array) => Promise<{ hashed: Promise<unknown> }>) {
    this.#write = write
  }

  /** `hash` gets the bytes too, no later than at `endRun`. Rejects with the error of any earlier write. */
  async append(chunk: Uint8Array, hash?: Sha256): Promise<void> {
    if (hash !== this.#run?.hash) this.endRun()
    for (let at = 0; at < chunk.length;) {
      this.#filling ??= await this.#take()
      if (hash) this.#run ??= { hash, start: this.#filledBytes }
      const piece = chunk.subarray(at, at + SLAB_BYTES - this.#filledBytes)
      // Copies into shared memory at full speed; `set` does so ten times slower, by words or even bytes.
      this.#filling.fill(piece, this.#filledBytes, this.#filledBytes + piece.length)
      this.#filledBytes += piece.length
      at += piece.length
      if (this.#filledBytes === SLAB_BYTES) this.#send()
    }
    this.#appendedBytes += chunk.length
    if (this.#filling !== undefined) this.#linger()
  }

  /** The hash of what was appended last gets the rest of it. */
  endRun(): void {
    if (this.#run === undefined || this.#filling === undefined) return
    const { hash, start } = this.#run
    this.#run = undefined
    const hashed = hash.update(this.#filling.subarray(start, this.#filledBytes))
    hashed.catch(() => undefined) // met when the slab is released
    this.#hashing.push(hashed)
  }

  /** Sends what was gathered on its way, without waiting. */
  flush(): void {
    this.#send()
  }

  /** Resolves when everything is written. */
  async drain(): Promise<void> {
    await this.settle()
    if (this.#failure) throw this.#failure.error
  }

  /** Writes what was gathered as far as that can be done; resolves when no write is under way any more. */
  async settle(): Promise<void> {
    this.#send()
    await this.#writing
  }

  #linger(): void {
    const isLong = this.#filledBytes <= this.#appendedBytes * LITTLE_SHARE
    if (this.#timer !== undefined && isLong === this.#isLingerLong) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#lingered(), isLong ? LONG_LINGER_MS : LINGER_MS)
    this.#isLingerLong = isLong
  }

  /** Small writes only while there is nothing better to do: behind a busy drive whole slabs gather. */
  #lingered(): void {
    this.#timer = undefined
    if (this.#underWay === 0) this.#send()
    else this.#isDue = true
  }

  async #take(): Promise<Buffer> {
    for (;;) {
      if (this.#failure) throw this.#failure.error
      if (this.#count < MOST_SLABS) {
        this.#count += 1
        return spare.pop() ?? sharedBytes(SLAB_BYTES)
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isDue = false
    const slab = this.#filling
    if (slab === undefined) return
    this.endRun()
    const bytes = slab.subarray(0, this.#filledBytes)
    const hashing = this.#hashing
    this.#filling = undefined
    this.#filledBytes = 0
    this.#hashing = []
    const earlier = this.#writing
    this.#underWay += 1
    this.#writing = this.#writeAfter(earlier, slab, bytes, hashing)
  }

  /** Never rejects: a failure is kept for whoever comes next. */
  async #writeAfter(
    earlier: Promise<void>,
    slab: Buffer,
    bytes: Uint8Array,
    hashing: readonly Promise<void>[],
  ): Promise<void> {
    await earlier
    if (this.#failure) return
    try {
      const { hashed } = await this.#write(bytes)
      void this.#releaseAfter(Promise.all([hashed, ...hashing]), slab)
    } catch (error) {
      this.#fail(error)
    }
    this.#underWay -= 1
    if (this.#underWay === 0 && this.#isDue) this.#send()
  }

  async #releaseAfter(hashed: Promise<unknown>, slab: Buffer): Promise<void> {
    try {
      await hashed
      this.#release(slab)
    } catch (error) {
      this.#fail(error)
    }
  }

  #release(slab: Buffer): void {
    this.#count -= 1
    if (spare.length < MOST_SPARE) spare.push(slab)
    this.#waiting?.()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#waiting?.()
  }
}
