import type { Core } from '../../core.ts'
import type { FoundDrive } from '../../disk/drive-list.ts'
import type { OpenDestination } from '../../transfer/open-destination.ts'
import type { Saver } from '../../transfer/saver.ts'
import type { FolderHold } from './folder-hold.ts'

/** `drive`: what the folder lies on, where that is known already. */
type Where = {
  folder: string
  drive: FoundDrive | undefined
  maxFileSizeBytes: number | undefined
}

type Entry = {
  users: number
  readonly opened: Promise<OpenDestination>
  readonly savers: Map<Core, Saver>
}

/**
 * The folders that are being written to. Each has one state.yml and one SHA256SUMS, so all its jobs share what was opened,
 * for as long as one of them runs; the next one after that looks at the folder anew.
 */
export class Destinations {
  readonly #open = new Map<string, Entry>()
  readonly #hold: FolderHold

  constructor(hold: FolderHold) {
    this.#hold = hold
  }

  async use<Value>(
    core: Core,
    where: Where,
    action: (opened: OpenDestination, saver: Saver) => Promise<Value>,
  ): Promise<Value> {
    return await this.#hold.within(where.folder, async () => await this.#share(core, where, action))
  }

  async #share<Value>(
    core: Core,
    { folder, drive, maxFileSizeBytes }: Where,
    action: (opened: OpenDestination, saver: Saver) => Promise<Value>,
  ): Promise<Value> {
    const entry = this.#open.get(folder) ?? {
      users: 0,
      opened: core.openDestination(folder, { drive }),
      savers: new Map<Core, Saver>(),
    }
    this.#open.set(folder, entry)
    entry.users += 1
    try {
      const opened = await entry.opened
      const saver = entry.savers.get(core) ?? core.saver(opened, maxFileSizeBytes)
      entry.savers.set(core, saver)
      return await action(opened, saver)
    } finally {
      entry.users -= 1
      if (entry.users === 0) this.#open.delete(folder)
    }
  }
}
