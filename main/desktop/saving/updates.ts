import type { SaveUpdate } from './saving.ts'

/** Between two updates: as smooth as anybody can see, and rare beside the thousands of chunks a second. */
const UPDATE_MS = 100

/** Gathers what happens to one image into few updates. A phase is told at once, with all that came before it. */
export class Updates {
  readonly #tell: (update: SaveUpdate) => void
  #pending: SaveUpdate = {}
  #phase: SaveUpdate['phase']
  #timer: NodeJS.Timeout | undefined

  constructor(tell: (update: SaveUpdate) => void) {
    this.#tell = tell
  }

  add({ fetchedBytes, ...change }: SaveUpdate): void {
    const pending = Object.assign(this.#pending, change)
    if (fetchedBytes !== undefined) {
      pending.fetchedBytes = (pending.fetchedBytes ?? 0) + fetchedBytes
    }
    if (change.phase !== undefined && change.phase !== this.#phase) {
      this.#phase = change.phase
      this.flush()
    }
    this.#timer ??= setTimeout(() => this.flush(), UPDATE_MS)
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (Object.keys(this.#pending).length === 0) return
    this.#tell(this.#pending)
    this.#pending = {}
  }
}
