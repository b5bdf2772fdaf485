import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import { parseFileName } from '../archive/name.ts'
import { openTarball } from '../archive/parts.ts'
import type { Descriptor } from '../registry/manifest.ts'
import type { Digest } from '../registry/reference.ts'
import { verified } from '../registry/verified-stream.ts'

/** Where a blob lies within a tarball of the destination. */
export interface BlobPlace {
  /** Of the tarball, with `.tar`. */
  readonly name: string
  /** Of the blob's first byte in the tarball. */
  readonly offset: number
  /** Of the partial tarball, which may get its name meanwhile; a finished one of the same name is an older one. */
  readonly isPartial: boolean
}

/**
 * The blobs that a destination's tarballs hold, those just being written included, so that each digest is fetched once
 * however many images have it.
 */
export class HeldBlobs {
  readonly #folder: string
  readonly #places: Map<Digest, BlobPlace>
  readonly #writing = new Map<Digest, Deferred>()
  readonly #opening = new Set<Promise<unknown>>()

  constructor(folder: string, places: ReadonlyMap<Digest, BlobPlace>) {
    this.#folder = folder
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
   * The blob from the destination, verified while it is read; waits while another image is writing it. Undefined when it
   * must be fetched: then the caller has to say `written` or `abandoned`, since others may wait for it.
   */
  async take(descriptor: Descriptor, signal: AbortSignal): Promise<Readable | undefined> {
    const { digest } = descriptor
    await Promise.allSettled(this.#opening)
    for (;;) {
      signal.throwIfAborted()
      const place = this.#places.get(digest)
      const writing = this.#writing.get(digest)
      if (place) {
        const stream = await this.#open(descriptor, place, signal)
        if (stream) return stream
        if (this.#places.get(digest) === place) this.#places.delete(digest)
      } else if (writing) {
        await settledOrAborted(writing.promise, signal)
      } else if (this.claim(digest)) {
        return undefined
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

  async #open(
    descriptor: Descriptor,
    { name, offset, isPartial }: BlobPlace,
    signal: AbortSignal,
  ): Promise<Readable | undefined> {
    // A tarball being finished is renamed part by part: look again rather than give up.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const tarball = await openTarball(await this.#filesOf(name, isPartial)).catch(() => undefined)
      if (tarball === undefined) continue
      if (tarball.sizeBytes < offset + descriptor.size) {
        await tarball.close()
        continue
      }
      const source = tarball.stream(offset, offset + descriptor.size, signal)
      const expected = { digest: descriptor.digest, sizeBytes: descriptor.size, name }
      const stream = Readable.from(damagedIfWrong(verified(source, expected), name), {
        objectMode: false,
      })
      stream.once('close', () => void tarball.close())
      return stream
    }
    return undefined
  }

  /** The files of the finished tarball; of a partial one unless that is finished by now. */
  async #filesOf(name: string, isPartial: boolean): Promise<string[]> {
    const files = (await readdir(this.#folder))
      .map((file) => ({ file, ...parseFileName(file) }))
      .filter((file) => file.name === name)
      .toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0))
    const partial = files.filter((file) => file.isPartial)
    const finished = files.filter((file) => !file.isPartial)
    return (isPartial && partial.length > 0 ? partial : finished).map(({ file }) =>
      join(this.#folder, file),
    )
  }
}

/** The bytes on the drive are not the blob that its tarball names. */
export class HeldBlobDamaged extends AppError {
  readonly tarball: string

  constructor(tarball: string, cause: unknown) {
    super('damaged', `${tarball} is damaged.`, { cause })
    this.tarball = tarball
  }
}

async function* damagedIfWrong(
  source: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (error) {
    throw new HeldBlobDamaged(name, error)
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
