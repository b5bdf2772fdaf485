import { stat } from 'node:fs/promises'
import { AppError } from '../../api/errors.ts'
import { lockFolder } from '../../disk/lock.ts'

type Held = { users: number; readonly unlock: Promise<() => Promise<void>> }

/**
 * Keeps other processes out of a folder while something of ours works in it; ours share one lock, which the last of them
 * gives back. A folder that is gone is not made anew: where a drive was mounted it would fill the system's disk.
 */
export class FolderHold {
  readonly #held = new Map<string, Held>()
  readonly #leaving = new Map<string, Promise<void>>()

  /** Throws FolderOccupied while another process has it, AppError `destination` where nothing can be written. */
  async within<Value>(folder: string, action: () => Promise<Value>): Promise<Value> {
    const held = this.#held.get(folder) ?? { users: 0, unlock: this.#lock(folder) }
    this.#held.set(folder, held)
    held.users += 1
    try {
      await held.unlock
      // Others may still have it open when its drive is pulled out.
      await expectFolder(folder)
      return await action()
    } finally {
      held.users -= 1
      if (held.users === 0) await this.#leave(folder, held)
    }
  }

  async #lock(folder: string): Promise<() => Promise<void>> {
    await this.#leaving.get(folder)
    await expectFolder(folder)
    return await lockFolder(folder)
  }

  async #leave(folder: string, { unlock }: Held): Promise<void> {
    this.#held.delete(folder)
    const leaving = unlock.then(
      async (giveBack) => await giveBack(),
      () => undefined,
    )
    this.#leaving.set(folder, leaving)
    await leaving
    if (this.#leaving.get(folder) === leaving) this.#leaving.delete(folder)
  }
}

async function expectFolder(folder: string): Promise<void> {
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isThere) return
  throw new AppError('destination', `${folder} is gone.`, {
    hint: 'Plug its drive in again, or choose another folder.',
  })
}
