import { afterAll } from 'vitest'
import { patient, type RetryPolicy } from '../../main/net/retry.ts'
import { createHttp } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { createCatalogue, type CatalogueParts } from '../../main/ngc/create-catalogue.ts'
import type { Catalogue } from '../../main/ngc/catalogue.ts'
import { parseKey } from '../../main/ngc/key.ts'
import { parseSite, type SiteFile } from '../../main/ngc/site-file.ts'

/** Retries as often as usual, without the waiting. */
export const impatient: RetryPolicy = {
  ...patient,
  clock: { now: () => performance.now(), wait: () => Promise.resolve() },
}

/** One HTTP client for the tests of a file, and what is built on it. */
export function practise(site: SiteFile) {
  const http = createHttp({ proxy: noProxies })
  afterAll(() => http.close())
  const parts = (key: string): CatalogueParts => ({
    site: parseSite(JSON.stringify(site), 'site.json'),
    key: parseKey(key),
    http,
    retry: impatient,
  })
  return {
    parts,
    catalogue: (key = ''): Catalogue => createCatalogue(parts(key)),
  }
}
