import { createHttp, type Http } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { publicSite, type Site } from '../../main/ngc/site.ts'
import { createRegistry, type Registry, type RegistryOptions } from '../../main/registry/client.ts'
import { impatient } from './still-clock.ts'

/** A registry client that does not wait, for a registry at `address` which stands as `name` in references. */
export function registryAt(
  address: URL,
  options: Partial<RegistryOptions> & { name?: string } = {},
): { registry: Registry; http: Http; site: Site } {
  const http = options.http ?? createHttp({ proxy: noProxies })
  const site = {
    ...publicSite,
    registry: address,
    auth: new URL('/authn', address),
    registryName: options.name ?? 'nvcr.io',
  }
  return { registry: createRegistry({ retry: impatient(), ...options, http, site }), http, site }
}
