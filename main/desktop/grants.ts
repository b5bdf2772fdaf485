import { randomBytes } from 'node:crypto'
import { AppError } from '../api/errors.ts'

/**
 * Folders that the window may name. It gets ids that mean nothing elsewhere and cannot be guessed; what was not handed
 * out is refused.
 */
export class Grants {
  readonly #paths = new Map<string, string>()
  readonly #ids = new Map<string, string>()

  /** The id of a folder, the same for as long as the application runs. */
  give(path: string): string {
    const known = this.#ids.get(path)
    if (known !== undefined) return known
    const id = randomBytes(16).toString('hex')
    this.#paths.set(id, path)
    this.#ids.set(path, id)
    return id
  }

  /** Throws AppError `denied` for an id that was never given. */
  pathOf(id: string): string {
    const path = this.#paths.get(id)
    if (path !== undefined) return path
    throw new AppError('denied', 'This folder was not opened with the application.', {
      hint: 'Choose the folder again.',
    })
  }
}
