import { createCore, type Core } from '../core.ts'
import type { History } from '../library/history/history.ts'
import { AppError } from '../api/errors.ts'
import { chooseDocker } from '../docker/choose-docker.ts'
import type { SocketEngine } from '../docker/socket-engine.ts'
import { publicSite, type Site } from '../ngc/site.ts'
import { parseSite } from '../ngc/site-file.ts'
import type { HttpOptions } from '../net/http.ts'
import type { SessionService } from './session.ts'
import type { SettingsService } from './settings.ts'

/** The core as session and settings want it. It is built anew when they change; who uses the old one may finish. */
export type Connection = {
  use: <Value>(action: (core: Core) => Promise<Value>) => Promise<Value>
  /** Session or settings changed: whoever asks from now on gets a new core. */
  renew: () => void
  /** Holds from now on for whatever runs; undefined means no limit. */
  limit: (bytesPerSecond: number | undefined) => void
  close: () => Promise<void>
}

export function createConnection(parts: {
  session: () => SessionService
  settings: SettingsService
  history: History
  log: (line: string) => void
}): Connection {
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
      const shared = (current ??= { core: build(parts), users: 0 })
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

async function build({
  session,
  settings,
  history,
  log,
}: Parameters<typeof createConnection>[0]): Promise<Core> {
  const { connections, limitBytesPerSecond } = settings.current()
  const site = (await session().sandboxSite()) ?? siteOf(settings)
  return await createCore({
    site,
    key: session().key(),
    connections,
    limitBytesPerSecond,
    network: await networkOf(settings),
    ...(settings.current().source === 'docker' && {
      docker: { engine: async () => await dockerFor(site), keepsImages: false },
    }),
    history,
    log,
  })
}

/** Docker pulls from the registry by its name, and knows no other addresses for it. */
async function dockerFor(site: Site): Promise<SocketEngine> {
  if (
    site.registryName !== publicSite.registryName ||
    site.registry.href === publicSite.registry.href
  )
    return await chooseDocker()
  throw new AppError(
    'usage',
    `Docker pulls from ${site.registryName} itself, whatever the addresses here say.`,
    {
      hint: 'Choose the registry as the source.',
    },
  )
}

/** The site that the settings name. */
export function siteOf(settings: SettingsService): Site {
  const { site } = settings.current()
  return site === undefined ? publicSite : parseSite(JSON.stringify(site), 'in the settings')
}

export async function networkOf(settings: SettingsService): Promise<HttpOptions> {
  const extraCertificates = settings.current().extraCertificates.map(({ pem }) => pem)
  return { proxy: await settings.proxy(), extraCertificates }
}

async function isBroken({ core }: Shared): Promise<boolean> {
  return await core.then(
    () => false,
    () => true,
  )
}
