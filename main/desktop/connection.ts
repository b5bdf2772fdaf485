import type { Core } from '../core.ts'

/** The core as session and settings want it. It is built anew when they change; who uses the old one may finish. */
export type Connection = {
  use: <Value>(action: (core: Core) => Promise<Value>) => Promise<Value>
  /** Session or settings changed: whoever asks from now on gets a new core. */
  renew: () => void
  /** Holds from now on for whatever runs; undefined means no limit. */
  limit: (bytesPerSecond: number | undefined) => void
  close: () => Promise<void>
}

export function createConnection(build: () => Promise<Core>): Connection {
  let current: Shared | undefined
  const retired = new Set<Shared>()
  const retire = (): void => {
    if (!current) return
    const old = current
    current = undefined
    retired.add(old)
    if (old.users === 0) end(old)
  }
  const end = (shared: Shared): void => {
    shared.core
      .then((core) => core.close())
      .catch(() => undefined)
      .finally(() => retired.delete(shared))
      .catch(() => undefined)
  }

  return {
    async use(action) {
      const shared = (current ??= { core: build(), users: 0 })
      shared.users += 1
      try {
        return await action(await shared.core)
      } catch (error) {
        // A core that could not be built is built anew the next time.
        if (current === shared && (await isBroken(shared))) current = undefined
        throw error
      } finally {
        shared.users -= 1
        if (shared.users === 0 && retired.has(shared)) end(shared)
      }
    },
    renew: retire,
    limit(bytesPerSecond) {
      for (const { core } of current ? [current, ...retired] : retired) {
        // One that could not be built moves no bytes either.
        core
          .then(({ limit }) => void (limit.bytesPerSecond = bytesPerSecond))
          .catch(() => undefined)
      }
    },
    async close() {
      retire()
      await Promise.all([...retired].map(async ({ core }) => (await core).close()))
    },
  }
}

type Shared = { readonly core: Promise<Core>; users: number }

async function isBroken({ core }: Shared): Promise<boolean> {
  return await core.then(
    () => false,
    () => true,
  )
}
