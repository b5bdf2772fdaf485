import { AppError } from '../api/errors.ts'
import { createCore, type Core, type CoreOptions } from '../core.ts'
import { chooseDocker } from '../docker/choose-docker.ts'
import type { SocketEngine } from '../docker/socket-engine.ts'
import type { HttpOptions } from '../net/http.ts'
import { proxyAt } from '../net/proxy.ts'
import { parseKey } from '../ngc/key.ts'
import { parseSite, siteFileOf, type SiteFile } from '../ngc/site-file.ts'
import { publicSite, type Site } from '../ngc/site.ts'
import type { Kept } from './kept.ts'
import type { SessionService } from './session.ts'
import type { SettingsService } from './settings.ts'

/** All that a core of the desktop hangs on, as plain data, so that a thread can be told. Holds secrets: never to be kept. */
export type CoreSettings = Pick<
  Kept['settings'],
  'connections' | 'limitBytesPerSecond' | 'source'
> & {
  site: SiteFile
  key: string | undefined
  /** With its password; empty where the environment says. */
  proxy: string
  /** PEM. */
  extraCertificates: string[]
}

/** As session and settings are now. */
export async function coreSettings(
  session: SessionService,
  settings: SettingsService,
): Promise<CoreSettings> {
  const site = (await session.sandboxSite()) ?? siteOf(settings)
  const proxy = await settings.proxyAddress()
  // Last, and without waiting: a limit may change meanwhile.
  const { connections, limitBytesPerSecond, source, extraCertificates } = settings.current()
  const key = session.key()
  return {
    site: siteFileOf(site),
    key: key.kind === 'none' ? undefined : key.secret.reveal(),
    connections,
    limitBytesPerSecond,
    source,
    proxy,
    extraCertificates: extraCertificates.map(({ pem }) => pem),
  }
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

/** Throws AppError `usage` for a proxy that is none. */
export async function coreWith(
  { site: file, key, connections, limitBytesPerSecond, ...rest }: CoreSettings,
  parts: Pick<CoreOptions, 'history' | 'log'>,
): Promise<Core> {
  const site = parseSite(JSON.stringify(file), 'in the settings')
  return await createCore({
    ...parts,
    site,
    key: parseKey(key),
    connections,
    limitBytesPerSecond,
    network: { proxy: proxyAt(rest.proxy, process.env), extraCertificates: rest.extraCertificates },
    ...(rest.source === 'docker' && {
      docker: { engine: async () => await dockerFor(site), keepsImages: false },
    }),
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
