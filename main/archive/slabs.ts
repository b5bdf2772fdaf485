import { sharedBytes } from './sha256.ts'

const SLAB_BYTES = 1024 * 1024
/** The longest that bytes wait here while nothing is being written: what a crash loses. A fast line fills a slab sooner. */
const LINGER_MS = 4
/** 8 MiB for each tarball being written: what the line brings while the drive is busy. */
const MOST_SLABS = 8
/** What finished tarballs leave to the next ones: such memory is given back late, and would pile up with each of them. */
const spare: Uint8Array[] = []
const MOST_SPARE = 16

/**
 * Gathers small chunks into large writes, one after another, while the next slab fills. Bounded: `append` waits while all
 * slabs are on their way. The one copy that it costs puts the bytes where the hashing worker can see them.
 */
export class Slabs {
  readonly #write: (bytes: Uint8Array) => Promise<{ hashed: Promise<unknown> }>
  /** Slabs that this tarball has. */
  #count = 0
  #filling: Uint8Array | undefined
  #filledBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #underWay = 0
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #waiting: (() => void) | undefined
  #failure: { error: unknown } | undefined

  /** `write` resolves when the bytes are written, and its `hashed` when the slab may be filled again. */
  constructor(write: (bytes: Uint8Array) => Promise<{ hashed: Promise<unknown> }>) {
    this.#write = write
  }

  /** Rejects with the error of any earlier write. */
  async append(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      this.#filling ??= await this.#take()
      const piece = chunk.subarray(at, at + SLAB_BYTES - this.#filledBytes)
      this.#filling.set(piece, this.#filledBytes)
      this.#filledBytes += piece.length
      at += piece.length
      if (this.#filledBytes === SLAB_BYTES) this.#send()
    }
    if (this.#filling !== undefined) this.#timer ??= setTimeout(() => this.#linger(), LINGER_MS)
  }

  /** Sends what was gathered on its way, without waiting. */
  flush(): void {
    this.#send()
  }

  /** Resolves when everything is written. */
  async drain(): Promise<void> {
    this.#send()
    await this.#writing
    if (this.#failure) throw this.#failure.error
  }

  /** Writes what was gathered as far as that can be done; resolves when no write is under way any more. */
  async settle(): Promise<void> {
    this.#send()
    await this.#writing
  }

  /** Small writes only while there is nothing better to do: behind a busy drive whole slabs gather. */
  #linger(): void {
    this.#timer = undefined
    if (this.#underWay === 0) this.#send()
    else this.#isDue = true
  }

  async #take(): Promise<Uint8Array> {
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
    const bytes = slab.subarray(0, this.#filledBytes)
    this.#filling = undefined
    this.#filledBytes = 0
    const earlier = this.#writing
    this.#underWay += 1
    this.#writing = this.#writeAfter(earlier, slab, bytes)
  }

  /** Never rejects: a failure is kept for whoever comes next. */
  async #writeAfter(earlier: Promise<void>, slab: Uint8Array, bytes: Uint8Array): Promise<void> {
    await earlier
    if (this.#failure) return
    try {
      const { hashed } = await this.#write(bytes)
      void this.#releaseAfter(hashed, slab)
    } catch (error) {
      this.#fail(error)
    }
    this.#underWay -= 1
    if (this.#underWay === 0 && this.#isDue) this.#send()
  }

  async #releaseAfter(hashed: Promise<unknown>, slab: Uint8Array): Promise<void> {
    try {
      await hashed
      this.#release(slab)
    } catch (error) {
      this.#fail(error)
    }
  }

  #release(slab: Uint8Array): void {
    this.#count -= 1
    if (spare.length < MOST_SPARE) spare.push(slab)
    this.#waiting?.()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#waiting?.()
  }
}
