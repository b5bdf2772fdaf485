import type { Credentials } from './credentials.ts'
import type { JsonClient } from './json-client.ts'
import type { Key } from './key.ts'
import type { Secret } from './secret.ts'
import type { Site } from './site.ts'
import { TokenExchange } from './token-exchange.ts'

/** Undefined for a guest. */
export function createCredentials(key: Key, site: Site, json: JsonClient): Credentials | undefined {
  if (key.kind === 'none') return undefined
  if (key.kind === 'personal') return bearer(key.secret)
  return new TokenExchange({ auth: site.auth, key: key.secret, json })
}

/** Personal keys are tokens themselves. */
function bearer(key: Secret): Credentials {
  return {
    authorization: () => Promise.resolve(`Bearer ${key.reveal()}`),
    renew: () => false,
  }
}
