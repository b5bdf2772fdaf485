import type { LayoutMember, TarballLayout } from '../archive/layout.ts'
import type { Digest } from '../registry/reference.ts'
import type { HeldBlobs } from './held-blobs.ts'

/** The blobs that one tarball fetches, and that others of the run may wait for. */
export class Claims {
  readonly #held: HeldBlobs
  readonly #name: string
  readonly #members = new Map<Digest, LayoutMember>()
  readonly #claimed = new Set<Digest>()

  constructor(held: HeldBlobs, name: string, layout: TarballLayout) {
    this.#held = held
    this.#name = name
    for (const member of layout.members)
      if (member.source.kind === 'blob') this.#members.set(member.source.descriptor.digest, member)
  }

  has(digest: Digest): boolean {
    return this.#claimed.has(digest)
  }

  /** One that `HeldBlobs.take` has left to this tarball. */
  add(digest: Digest): void {
    if (this.#members.has(digest)) this.#claimed.add(digest)
  }

  /** Claims what an earlier run wrote some of, and nothing behind it. */
  claimBegun(begunBytes: number): void {
    for (const [digest, { dataOffset, sizeBytes }] of this.#members) {
      const isBegun = dataOffset < begunBytes && begunBytes <= dataOffset + sizeBytes
      if (isBegun && this.#held.claim(digest)) this.#claimed.add(digest)
    }
  }

  /** Tells of what an earlier run wrote whole. */
  tellPresent(begunBytes: number): void {
    this.#tell(this.#members.keys(), begunBytes)
  }

  /** Tells of what was claimed and is written now. */
  tellWritten(writtenBytes: number): void {
    this.#tell(this.#claimed, writtenBytes)
  }

  /** Others need not wait for this tarball any more. */
  abandon(): void {
    for (const digest of this.#claimed) this.#held.abandoned(digest)
    this.#claimed.clear()
  }

  /** A blob is right when something follows it. */
  #tell(digests: Iterable<Digest>, writtenBytes: number): void {
    for (const digest of digests) {
      const member = this.#members.get(digest)
      if (!member || member.dataOffset + member.sizeBytes >= writtenBytes) continue
      this.#held.written(digest, { name: this.#name, offset: member.dataOffset })
      this.#claimed.delete(digest)
    }
  }
}
