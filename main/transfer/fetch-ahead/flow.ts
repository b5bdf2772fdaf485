import { giveBack } from '../../net/read-memory.ts'
import type { Repository } from '../../registry/client.ts'
import type { Descriptor } from '../../registry/manifest.ts'

export interface BlobToFetch {
  readonly repository: Repository
  readonly descriptor: Descriptor
}

/** A stretch of a blob that one request brings. */
export interface Segment {
  readonly startByte: number
  /** Exclusive. Falls when the rest of the stretch is given to other requests. */
  endByte: number
  /** The next byte to come. */
  position: number
  /** Come, and not read yet. */
  readonly chunks: Uint8Array[]
  bufferedBytes: number
  /** Set aside in memory for what is still to be read; undefined for a request that keeps close to its reader. */
  reservedBytes: number | undefined
}

/** The bytes of one blob from one byte on, brought by any number of requests and read in order. */
export class Flow {
  readonly blob: BlobToFetch
  /** In order and without gaps, from where the reader is to `nextByte`. */
  readonly segments: Segment[] = []
  readonly stop = new AbortController()
  /** The first byte that no request was made for. */
  nextByte: number
  #failure: { readonly error: unknown } | undefined
  #reader: (() => void) | undefined
  #writers: (() => void)[] = []
  #starvedMs = 0
  #starvedSince: number | undefined

  constructor(blob: BlobToFetch, startByte: number) {
    this.blob = blob
    this.nextByte = startByte
  }

  get isCovered(): boolean {
    return this.nextByte >= this.blob.descriptor.size
  }

  /** Asked for, and not there yet. */
  bytesToCome(): number {
    return this.segments.reduce((sum, { endByte, position }) => sum + endByte - position, 0)
  }

  /** The next stretch, of so many bytes or what is left. */
  add(sizeBytes: number): Segment {
    const startByte = this.nextByte
    const segment = {
      startByte,
      endByte: Math.min(this.blob.descriptor.size, startByte + sizeBytes),
      position: startByte,
      chunks: [],
      bufferedBytes: 0,
      reservedBytes: undefined,
    }
    this.segments.push(segment)
    this.nextByte = segment.endByte
    return segment
  }

  addRest(): Segment {
    return this.add(this.blob.descriptor.size)
  }

  /** Lets the last stretch end so many bytes on, where it is a long one without reserved memory; else undefined. */
  cutRest(sizeBytes: number): Segment | undefined {
    const last = this.segments.at(-1)
    if (last === undefined || last.reservedBytes !== undefined) return undefined
    if (last.endByte - last.position < 3 * sizeBytes) return undefined
    last.endByte = last.position + sizeBytes
    this.nextByte = last.endByte
    this.#wakeWriters()
    return last
  }

  /** Takes bytes of a stretch as they come; false when it needs no more. */
  push(segment: Segment, chunk: Uint8Array): boolean {
    if (this.stop.signal.aborted) {
      giveBack(chunk)
      return false
    }
    const piece = chunk.subarray(0, segment.endByte - segment.position)
    segment.position += piece.length
    segment.bufferedBytes += piece.length
    if (piece.length > 0) segment.chunks.push(piece)
    if (piece.length < chunk.length) giveBack(chunk.subarray(piece.length))
    this.#wakeReader()
    return segment.position < segment.endByte
  }

  /** Resolves when the reader has taken something or has left, or a stretch was cut: for all who wait. */
  async taken(): Promise<void> {
    if (this.stop.signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#writers.push(resolve)
    })
  }

  /** Nobody reads it any more: its requests end, those too that wait for the reader, and what came is given back. */
  leave(): void {
    this.stop.abort()
    for (const { chunks } of this.segments) for (const chunk of chunks.splice(0)) giveBack(chunk)
    this.#wakeWriters()
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wakeReader()
  }

  /** `took` is told of each chunk before it is passed on, and with 0 bytes of a stretch that is finished. */
  async *read(
    took: (bytes: number, segment: Segment) => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const [segment] = this.segments
      const chunk = segment?.chunks.shift()
      if (segment !== undefined && chunk !== undefined) {
        segment.bufferedBytes -= chunk.length
        took(chunk.length, segment)
        this.#wakeWriters()
        yield chunk
      } else if (segment !== undefined && segment.position >= segment.endByte) {
        this.segments.shift()
        took(0, segment)
      } else if (this.#failure !== undefined) {
        throw this.#failure.error
      } else if (segment === undefined && this.isCovered) {
        return
      } else {
        await this.#more()
      }
    }
  }

  /** Milliseconds that the reader has waited for bytes since this was last asked. */
  takeStarvedMs(): number {
    const now = performance.now()
    const ms = this.#starvedMs + (this.#starvedSince === undefined ? 0 : now - this.#starvedSince)
    this.#starvedMs = 0
    if (this.#starvedSince !== undefined) this.#starvedSince = now
    return ms
  }

  async #more(): Promise<void> {
    this.#starvedSince = performance.now()
    await new Promise<void>((resolve) => {
      this.#reader = resolve
    })
    this.#starvedMs += performance.now() - this.#starvedSince
    this.#starvedSince = undefined
  }

  #wakeReader(): void {
    this.#reader?.()
    this.#reader = undefined
  }

  #wakeWriters(): void {
    for (const wake of this.#writers.splice(0)) wake()
  }
}
