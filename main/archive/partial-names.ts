import { join } from 'node:path'
import { PARTIAL, partName } from './name.ts'

/** What the files of one tarball are called: one, or parts, which it may turn out to need only while it is written. */
export class PartialNames {
  readonly #folder: string
  readonly #tarball: string
  isInParts: boolean

  constructor(folder: string, tarball: string, isInParts: boolean) {
    this.#folder = folder
    this.#tarball = tarball
    this.isInParts = isInParts
  }

  /** Of the file at that place, when it is finished. */
  final(part: number): string {
    return this.isInParts ? partName(this.#tarball, part) : this.#tarball
  }

  /** Of the same while it is not. */
  path(part: number): string {
    return join(this.#folder, this.final(part) + PARTIAL)
  }

  /** Of the first so many. */
  paths(count: number): string[] {
    return Array.from({ length: count }, (_, part) => this.path(part))
  }
}
