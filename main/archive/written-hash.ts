import type { Hasher } from '../registry/verified-stream.ts'
import { createSha256, type Sha256 } from './sha256.ts'

/**
 * The hash of a blob, taken where the hash of its file is, of the same memory: so the thread that reads the blob need not.
 * To the blob's stream it is a Hasher whose digest comes when all its bytes were handed over to be written.
 */
export class WrittenHash implements Hasher {
  /** Is to be given the bytes as they are written. */
  readonly sha256: Sha256 = createSha256({ joins: true })
  readonly #digest: Promise<string>
  #resolve: (digest: Promise<string>) => void = () => undefined
  #reject: (error: Error) => void = () => undefined

  constructor() {
    this.#digest = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#digest.catch(() => undefined) // met where the digest is asked for
  }

  update(): void {
    // The same bytes come by way of `sha256`.
  }

  async digest(): Promise<string> {
    return await this.#digest
  }

  /** `sha256` has got all of it. */
  end(): void {
    this.#resolve(this.sha256.digest())
  }

  /** No effect after `end`. */
  drop(): void {
    this.sha256.drop()
    this.#reject(new Error('The blob was not written to its end.'))
  }
}
