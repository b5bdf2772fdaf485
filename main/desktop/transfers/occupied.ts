type Wait = { readonly message: string; readonly timer: NodeJS.Timeout }

/** Folders into which another process writes: their transfers wait, and look again after a while. */
export class Occupied {
  readonly #waits = new Map<string, Wait>()

  /** Why transfers into this folder wait, if they do. */
  why(folder: string): string | undefined {
    return this.#waits.get(folder)?.message
  }

  wait(folder: string, message: string, retryMs: number, over: () => void): void {
    this.#end(folder)
    const timer = setTimeout(() => {
      this.#waits.delete(folder)
      over()
    }, retryMs)
    this.#waits.set(folder, { message, timer })
  }

  /** Looks again at once. */
  clear(): void {
    for (const folder of this.#waits.keys()) this.#end(folder)
  }

  #end(folder: string): void {
    clearTimeout(this.#waits.get(folder)?.timer)
    this.#waits.delete(folder)
  }
}
