import type { Http } from '../net/http.ts'
import type { RetryPolicy } from '../net/retry.ts'
import type { Catalogue } from './catalogue.ts'
import { createCredentials } from './create-credentials.ts'
import { DgxClient } from './dgx-client.ts'
import { JsonClient } from './json-client.ts'
import type { Key } from './key.ts'
import { NgcClient } from './ngc-client.ts'
import type { Site } from './site.ts'

export interface CatalogueParts {
  readonly site: Site
  readonly key: Key
  readonly http: Http
  readonly retry: RetryPolicy
}

/** The catalogue that this kind of key opens. */
export function createCatalogue({ site, key, http, retry }: CatalogueParts): Catalogue {
  const json = new JsonClient(http, retry)
  return key.kind === 'dgx'
    ? new DgxClient(site.dgx, json, key.secret)
    : new NgcClient(site.catalog, json, createCredentials(key, site, json))
}
