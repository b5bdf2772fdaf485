import { createCatchUpHash } from './catch-up-hash.ts'
import type { Sha256 } from './sha256.ts'

/** The files of a tarball that are as large as they will be, in order, and their sums, which may still be on their way. */
export class ClosedFiles {
  readonly #files: { readonly sizeBytes: number; readonly sha256: Promise<string> }[] = []
  readonly #rehashes: Sha256[] = []

  get count(): number {
    return this.#files.length
  }

  add(sizeBytes: number, sha256: Promise<string>): void {
    sha256.catch(() => undefined) // met where the sums are asked for
    this.#files.push({ sizeBytes, sha256 })
  }

  /** One that an earlier run closed; its sum is taken anew where that run did not come to it. */
  addEarlier(sizeBytes: number, path: string, known: string | undefined): void {
    if (known !== undefined) return this.add(sizeBytes, Promise.resolve(known))
    const hash = createCatchUpHash(path, sizeBytes)
    this.#rehashes.push(hash)
    this.add(sizeBytes, hash.digest())
  }

  /** All with their sums, in hexadecimal. */
  async summed(): Promise<readonly { readonly sizeBytes: number; readonly sha256: string }[]> {
    return await Promise.all(
      this.#files.map(async ({ sizeBytes, sha256 }) => ({ sizeBytes, sha256: await sha256 })),
    )
  }

  /** Nobody asks for the sums. */
  drop(): void {
    for (const hash of this.#rehashes) hash.drop()
  }
}
