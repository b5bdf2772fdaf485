import type { Handlers, Input } from '../api/contract.ts'
import type { Settings } from '../api/shapes.ts'
import { oneProxy, proxyAt, unescaped, type ProxySettings } from '../net/proxy.ts'
import { parseSite } from '../ngc/site-file.ts'
import type { Kept } from './kept.ts'
import { readCertificates } from './read-certificates.ts'
import type { Ports } from './ports.ts'

export type SettingsService = {
  current: () => Kept['settings']
  /** Of the proxy, with its password; empty where the environment says. */
  proxyAddress: () => Promise<string>
  proxy: () => Promise<ProxySettings>
  /** Hears of every change after it was kept. */
  onChange: (listener: () => void) => void
  handlers: Pick<
    Handlers,
    | 'settings.get'
    | 'settings.change'
    | 'settings.addCertificates'
    | 'settings.removeCertificate'
    | 'settings.showLogs'
  >
}

type SettingsPorts = Pick<
  Ports,
  'keep' | 'secrets' | 'publish' | 'dialogs' | 'system' | 'logsFolder'
>

export function createSettings(ports: SettingsPorts): SettingsService {
  const { secrets, publish, dialogs, system, logsFolder } = ports
  const keep = ports.keep('settings')
  const listeners: (() => void)[] = []

  const view = (): Settings => {
    const { version: _, extraCertificates, ...rest } = keep.get()
    const { limitBytesPerSecond, maxFileSizeBytes, site, ...plain } = rest
    return {
      ...plain,
      ...(limitBytesPerSecond !== undefined && { limitBytesPerSecond }),
      ...(maxFileSizeBytes !== undefined && { maxFileSizeBytes }),
      ...(site && { site: definedOnly(site) }),
      extraCertificates: extraCertificates.map(({ id, name, subject }) => ({ id, name, subject })),
      logsFolder,
      canKeepKeys: secrets.canKeep,
    }
  }
  const set = (next: Kept['settings']): Settings => {
    keep.set(next)
    const settings = view()
    publish('settings.changed', settings)
    for (const listener of listeners) listener()
    return settings
  }

  return {
    current: () => keep.get(),
    onChange: (listener) => void listeners.push(listener),

    proxyAddress,
    proxy: async () => proxyAt(await proxyAddress(), process.env),

    handlers: {
      'settings.get': view,
      async 'settings.change'(change) {
        const proxy =
          change.proxy === undefined ? keep.get().proxy : await keepProxy(change.proxy.trim())
        return set({ ...changed(keep.get(), change), proxy })
      },
      async 'settings.addCertificates'() {
        const paths = (await dialogs.chooseCertificates()) ?? []
        const added = (await Promise.all(paths.map(readCertificates))).flat()
        const known = keep.get().extraCertificates
        const fresh = added.filter(({ pem }) => !known.some((one) => one.pem === pem))
        return set({ ...keep.get(), extraCertificates: [...known, ...fresh] })
      },
      'settings.removeCertificate': ({ id }) =>
        set({
          ...keep.get(),
          extraCertificates: keep.get().extraCertificates.filter((one) => one.id !== id),
        }),
      'settings.showLogs': () => system.openFolder(logsFolder),
    },
  }

  async function proxyAddress(): Promise<string> {
    const { proxy } = keep.get()
    return proxy === '' ? '' : withPassword(proxy, await secrets.get('proxy-password'))
  }

  /** The address without its password, which goes to the key store; an unchanged address keeps the one it had. */
  async function keepProxy(text: string): Promise<string> {
    if (text === '') {
      await secrets.remove('proxy-password')
      return ''
    }
    oneProxy(text)
    const url = new URL(text.includes('://') ? text : `http://${text}`)
    const { password } = url
    url.password = ''
    const address = url.href.replace(/\/$/, '')
    if (password !== '') await secrets.set('proxy-password', unescaped(password))
    else if (address !== keep.get().proxy) await secrets.remove('proxy-password')
    return address
  }
}

/** Pure. Throws AppError `usage` for a site that is none. */
function changed(
  before: Kept['settings'],
  change: Input<'settings.change'>,
): Omit<Kept['settings'], 'proxy'> {
  const { limitBytesPerSecond, maxFileSizeBytes, site, proxy: _, ...plain } = change
  if (site) parseSite(JSON.stringify(site), 'in the settings')
  const next = { ...before, ...definedOnly(plain) }
  if (limitBytesPerSecond === null) delete next.limitBytesPerSecond
  else if (limitBytesPerSecond !== undefined) next.limitBytesPerSecond = limitBytesPerSecond
  if (maxFileSizeBytes === null) delete next.maxFileSizeBytes
  else if (maxFileSizeBytes !== undefined) next.maxFileSizeBytes = maxFileSizeBytes
  if (site === null) delete next.site
  else if (site !== undefined) next.site = site
  return next
}

type Defined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> }

function definedOnly<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>
}

function withPassword(address: string, password: string | undefined): string {
  if (password === undefined || !URL.canParse(address)) return address
  const url = new URL(address)
  url.password = encodeURIComponent(password)
  return url.href
}
