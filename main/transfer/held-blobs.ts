import type { Readable } from 'node:stream'
import { openTarball } from '../archive/parts.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import type { Hasher } from '../registry/verified-stream.ts'
import { DriveOrLine } from './drive-or-line.ts'
import { readHeld, type ReadHeldParts } from './read-held.ts'

/** Where a blob lies within a tarball of the destination. */
export interface BlobPlace {
  /** Of the tarball, with `.tar`. */
  readonly name: string
  /** Of the blob's first byte in the tarball. */
  readonly offset: number
  /** Of the partial tarball, which may get its name meanwhile; a finished one of the same name is an older one. */
  readonly isPartial: boolean
}

/** Where a blob comes from. */
export type Taken =
  | { readonly from: 'drive'; readonly stream: Readable }
  /** Claimed: others may wait for it, so that who fetches it has to say `written` or `abandoned`. */
  | { readonly from: 'line'; readonly isClaimed: boolean }

/**
 * The blobs that a destination's tarballs hold, those just being written included, so that each digest is fetched once
 * however many images have it.
 */
export class HeldBlobs {
  readonly #parts: ReadHeldParts
  readonly #driveOrLine: DriveOrLine
  readonly #places: Map<Digest, BlobPlace>
  readonly #writing = new Map<Digest, Deferred>()
  readonly #opening = new Set<Promise<unknown>>()

  /** Another way to open tarballs, or another clock, is for tests. */
  constructor(
    folder: string,
    places: ReadonlyMap<Digest, BlobPlace>,
    {
      open = openTarball,
      now = () => performance.now(),
    }: Partial<Pick<ReadHeldParts, 'open' | 'now'>> = {},
  ) {
    const driveOrLine = new DriveOrLine(now)
    this.#driveOrLine = driveOrLine
    this.#parts = { folder, open, now, onRead: (...read) => driveOrLine.read(...read) }
    this.#places = new Map(places)
  }

  /** What finished tarballs and those being written hold at this moment. */
  digests(): ReadonlySet<Digest> {
    return new Set(this.#places.keys())
  }

  /** Nobody takes a blob until this is settled: so what an earlier run began goes to the image that has its first bytes. */
  async first<Opened>(open: () => Promise<Opened>): Promise<Opened> {
    const opening = open()
    this.#opening.add(opening)
    try {
      return await opening
    } finally {
      this.#opening.delete(opening)
    }
  }

  /** Whether the caller is the one to fetch it; then it has to say `written` or `abandoned`. */
  claim(digest: Digest): boolean {
    if (this.has(digest)) return false
    this.#writing.set(digest, new Deferred())
    return true
  }

  /** Whether it is in a tarball, or on its way into one. */
  has(digest: Digest): boolean {
    return this.#places.has(digest) || this.#writing.has(digest)
  }

  /**
   * The blob from the destination, verified while it is read; waits while another image is writing it. From the line where
   * it must be fetched, or where the drive was measured to be clearly slower than `lineBytesPerSecond`.
   */
  async take(
    descriptor: Descriptor,
    lineBytesPerSecond: () => number | undefined,
    signal: AbortSignal,
    hasher?: Hasher,
  ): Promise<Taken> {
    const { digest } = descriptor
    await Promise.allSettled(this.#opening)
    for (;;) {
      signal.throwIfAborted()
      const place = this.#places.get(digest)
      const writing = this.#writing.get(digest)
      if (place) {
        if (this.#driveOrLine.choose(lineBytesPerSecond()) === 'line')
          return { from: 'line', isClaimed: false }
        const stream = await readHeld(this.#parts, descriptor, place, { signal, hasher })
        if (stream) return { from: 'drive', stream }
        if (this.#places.get(digest) === place) this.#places.delete(digest)
      } else if (writing) {
        await settledOrAborted(writing.promise, signal)
      } else if (this.claim(digest)) {
        return { from: 'line', isClaimed: true }
      }
    }
  }

  written(digest: Digest, place: Omit<BlobPlace, 'isPartial'>): void {
    this.#places.set(digest, { ...place, isPartial: true })
    this.abandoned(digest)
  }

  abandoned(digest: Digest): void {
    this.#writing.get(digest)?.resolve()
    this.#writing.delete(digest)
  }

  /** The tarball has its name: what an older one of that name held is not there any more. */
  finished(name: string): void {
    for (const [digest, place] of this.#places)
      if (place.name === name && !place.isPartial) this.#places.delete(digest)
  }

  /** More of what the destination holds. */
  learn(places: Iterable<readonly [Digest, BlobPlace]>): void {
    for (const [digest, place] of places)
      if (!this.#places.has(digest)) this.#places.set(digest, place)
  }

  /** What a tarball was thought to hold is not to be relied on: it is damaged, or was taken back. */
  forget(name: string): void {
    for (const [digest, place] of this.#places) if (place.name === name) this.#places.delete(digest)
  }
}

/** A promise to be resolved from outside. */
class Deferred {
  readonly promise: Promise<void>
  #resolve!: () => void

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  readonly resolve = (): void => this.#resolve()
}

async function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Deferred()
  signal.addEventListener('abort', aborted.resolve, { once: true })
  await Promise.race([promise, aborted.promise])
  signal.removeEventListener('abort', aborted.resolve)
}
