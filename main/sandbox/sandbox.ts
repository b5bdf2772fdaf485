import type { SiteFile } from '../ngc/site-file.ts'
import { authService, type CatalogueGrant } from './auth-service.ts'
import { blobService, SignedAddresses } from './blob-service.ts'
import { catalogService } from './catalog-service.ts'
import { Collection } from './collection.ts'
import { dgxService } from './dgx-service.ts'
import { defaultSettings, Faults, type Fault, type SandboxSettings } from './faults.ts'
import { Listener } from './listener.ts'
import { Pace } from './pace.ts'
import { registryService } from './registry-service.ts'
import type { RegistryGrant } from './registry-token.ts'
import { RequestLog, type Role } from './request-log.ts'
import { Tokens } from './tokens.ts'

export interface SandboxOptions {
  /** Of the catalogue; the registry has the next one, then authn, blobs, DGX. Any free ones when absent or 0. */
  readonly port?: number
  readonly host?: '127.0.0.1'
  readonly settings?: Partial<SandboxSettings>
  readonly faults?: readonly Fault[]
}

/** A running sandbox. */
export interface Sandbox {
  /** What its site file holds. References to it read `nvcr.io/…`: what is practised here is the same in earnest. */
  readonly site: SiteFile
  /** Of the catalogue. */
  readonly url: string
  /** May be changed at any time. */
  readonly settings: SandboxSettings
  readonly faults: Faults
  readonly requests: RequestLog
  /** Ends every connection at once. */
  close(): Promise<void>
}

/** Starts a small NGC on loopback: catalogue, authn, registry, blob host and DGX, each on an origin of its own. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0 } = options
  const settings = { ...defaultSettings, ...options.settings }
  const faults = new Faults()
  for (const fault of options.faults ?? []) faults.add(fault)
  const requests = new RequestLog()
  const totalPace = new Pace(() => settings.totalBytesPerSecond)
  const listen = (role: Role): Listener =>
    new Listener(role, { settings, faults, log: requests, totalPace })
  const listeners = {
    catalog: listen('catalog'),
    registry: listen('registry'),
    auth: listen('auth'),
    blobs: listen('blobs'),
    dgx: listen('dgx'),
  }
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(listeners).map((listener) => listener.close()))
  }
  try {
    const at = (index: number): number => (port === 0 ? 0 : port + index)
    const catalog = await listeners.catalog.listen(host, at(0))
    const registry = await listeners.registry.listen(host, at(1))
    const auth = await listeners.auth.listen(host, at(2))
    const blobs = await listeners.blobs.listen(host, at(3))
    const dgx = await listeners.dgx.listen(host, at(4))

    const collection = new Collection()
    const catalogueTokens = new Tokens<CatalogueGrant>()
    const tokens = new Tokens<RegistryGrant>()
    const addresses = new SignedAddresses(blobs)
    listeners.catalog.use(catalogService(collection, catalogueTokens))
    listeners.auth.use(authService(catalogueTokens, settings))
    listeners.registry.use(
      registryService({ collection, tokens, settings, addresses, origin: registry, auth }),
    )
    listeners.blobs.use(blobService(collection, addresses))
    listeners.dgx.use(dgxService(collection))

    const site: SiteFile = {
      catalog: catalog.origin,
      auth: auth.origin,
      registry: registry.origin,
      dgx: dgx.origin,
      registryName: 'nvcr.io',
    }
    return { site, url: catalog.origin, settings, faults, requests, close }
  } catch (error) {
    await close()
    throw error
  }
}
