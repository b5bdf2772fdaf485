import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../../disk/durable.ts'

/** Logos on disk, by their ids: of the last month, and no more than `mostBytes` in all. One call after the other. */
export class LogoFiles {
  readonly #folder: string
  readonly #mostBytes: number
  /** Their sizes, the oldest first. */
  #known: Map<string, number> | undefined

  constructor(folder: string, mostBytes = 32_000_000) {
    this.#folder = folder
    this.#mostBytes = mostBytes
  }

  async read(id: string): Promise<Uint8Array | undefined> {
    const known = await this.#look()
    return known.has(id) ? await readFile(join(this.#folder, id)) : undefined
  }

  async write(id: string, bytes: Uint8Array): Promise<void> {
    const known = await this.#look()
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFileDurably(join(this.#folder, id), bytes)
    known.delete(id)
    known.set(id, bytes.length)
    let total = [...known.values()].reduce((sum, size) => sum + size, 0)
    for (const [oldest, size] of known) {
      if (total <= this.#mostBytes) return
      await rm(join(this.#folder, oldest), { force: true })
      known.delete(oldest)
      total -= size
    }
  }

  async clear(): Promise<void> {
    this.#known = undefined
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #look(): Promise<Map<string, number>> {
    if (this.#known) return this.#known
    const names = await readdir(this.#folder).catch(() => [])
    const files = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(this.#folder, name))
        return { name, size, mtimeMs }
      }),
    )
    const known = new Map<string, number>()
    for (const { name, size, mtimeMs } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (Date.now() - mtimeMs < KEPT_MS) known.set(name, size)
      else await rm(join(this.#folder, name), { force: true })
    }
    this.#known = known
    return known
  }
}

/** A publisher may draw another logo at the same address. */
const KEPT_MS = 30 * 86_400_000
