import { Access, statusOf } from './access.ts'
import type { CatalogueParts } from './create-catalogue.ts'
import { createCredentials } from './create-credentials.ts'
import { DgxClient } from './dgx-client.ts'
import { JsonClient } from './json-client.ts'
import type { Key, KeyKind } from './key.ts'
import { ownOrgs } from './listing.ts'
import { explainKeyRefusal } from './refusal.ts'
import { callerSchema } from './schemas.ts'
import type { Secret } from './secret.ts'
import { compact } from './shapes.ts'
import { endpoint, type Site } from './site.ts'

/** Whose key it is, as far as its service tells. */
export interface KeyOwner {
  readonly kind: KeyKind
  /** The first of its orgs. */
  readonly org?: string
  readonly userName?: string
}

/** Asks the key's own service whether it holds. Throws AppError `unauthorized` if not, `network`, `cancelled`. */
export async function checkKey(parts: CatalogueParts, signal?: AbortSignal): Promise<KeyOwner> {
  const { site, key, http, retry } = parts
  const json = new JsonClient(http, retry)
  if (key.kind === 'none') return { kind: 'none' }
  if (key.kind === 'personal') return checkPersonal(json, site, key, signal)
  if (key.kind === 'legacy') return checkOrgs(json, site, key, signal)
  await new DgxClient(site.dgx, json, key.secret).repositories([], signal)
  return { kind: 'dgx' }
}

async function checkPersonal(
  json: JsonClient,
  site: Site,
  key: Extract<Key, { secret: Secret }>,
  signal?: AbortSignal,
): Promise<KeyOwner> {
  const url = endpoint(site.catalog, '/v3/keys/get-caller-info')
  const form = { credentials: key.secret.reveal() }
  try {
    const { orgName, user } = await json.ask({ url, schema: callerSchema, form }, signal)
    const org = orgName ?? user?.roles[0]?.org.name
    return compact({ kind: key.kind, org, userName: user?.name })
  } catch (error) {
    // A site of one's own may not have this service.
    if (statusOf(error) === 404) return checkOrgs(json, site, key, signal)
    throw explainKeyRefusal(error)
  }
}

async function checkOrgs(
  json: JsonClient,
  site: Site,
  key: Extract<Key, { secret: Secret }>,
  signal?: AbortSignal,
): Promise<KeyOwner> {
  const access = new Access(json, createCredentials(key, site, json))
  const [org] = await ownOrgs(access, site.catalog, signal)
  return compact({ kind: key.kind, org })
}
