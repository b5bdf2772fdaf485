import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import PQueue from 'p-queue'
import { AppError } from '../../api/errors.ts'
import { createHttp, type HttpOptions } from '../../net/http.ts'
import { isPublicName, lookupPublic } from '../../net/public-host.ts'
import type { Site } from '../../ngc/site.ts'
import { fetchLogo } from './fetch-logo.ts'

/** Fetches logos, few at once: from public hosts by HTTPS, and from the site's own origins. */
export type LogoLine = {
  /** See `fetchLogo`. */
  fetch: (address: string) => Promise<Uint8Array>
  /** Ends what is being fetched. */
  close: () => Promise<void>
}

export function openLogoLine({ site, network }: { site: Site; network: HttpOptions }): LogoLine {
  const own = [site.catalog, site.auth, site.registry, site.dgx]
  const origins = new Set(own.map(({ origin }) => origin))
  const names = new Set(own.map(({ hostname }) => hostname))
  const isAllowed = ({ origin, protocol, hostname }: URL): boolean =>
    origins.has(origin) || (protocol === 'https:' && isPublicName(hostname))
  // A mirror may well be at a private address.
  const resolve: LookupFunction = (hostname, ...rest) =>
    (names.has(hostname) ? lookup : lookupPublic)(hostname, ...rest)
  const http = createHttp({ ...network, lookup: resolve })
  const queue = new PQueue({ concurrency: AT_ONCE })
  const ending = new AbortController()
  const { signal } = ending
  return {
    fetch: async (address) =>
      await queue.add(async () => await fetchLogo(http, address, isAllowed, signal)),
    async close() {
      ending.abort(new AppError('cancelled', 'Logos are not fetched this way any more.'))
      await queue.onIdle()
      await http.close()
    },
  }
}

const AT_ONCE = 4
