import { json, type Answer } from './answer.ts'
import type { SandboxSettings } from './faults.ts'
import { keyInApiKey, keyInBasic, keyName, sandboxOrg } from './keys.ts'
import type { Question, Service } from './listener.ts'
import type { Tokens } from './tokens.ts'

/** What a token of authn opens at the catalogue: scopes such as `group/ngc:acme/vision`. */
export interface CatalogueGrant {
  readonly scopes: readonly string[]
}

/** authn.nvidia.com: exchanges legacy keys for tokens of the catalogue. */
export function authService(tokens: Tokens<CatalogueGrant>, settings: SandboxSettings): Service {
  return (question) => {
    const { url, method } = question
    if (method !== 'GET' || url.pathname !== '/token') return json(404, { errors: ['not found'] })
    // The trap: an expired token of the registry is sent here, and nobody ever gets one.
    if (url.searchParams.get('service') === 'registry') return refuse()
    if (!mayHave(question)) return refuse()
    const scopes = url.searchParams.getAll('scope')
    const own = `group/ngc:${sandboxOrg}`
    const isOwn = (scope: string) =>
      scope === 'group/ngc' || scope === own || scope.startsWith(`${own}/`)
    if (!scopes.every(isOwn)) return refuse()
    const seconds = settings.catalogueTokenSeconds
    return json(200, { token: tokens.issue({ scopes }, seconds), expires_in: seconds })
  }
}

/** Only legacy keys are exchanged: as `$oauthtoken` for the service `ngc`, or in the older form. */
function mayHave({ url, authorization }: Question): boolean {
  const key =
    url.searchParams.get('service') === 'ngc'
      ? keyInBasic(authorization)
      : keyInApiKey(authorization)
  return key !== undefined && keyName(key) === 'legacy'
}

function refuse(): Answer {
  return json(401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] })
}
