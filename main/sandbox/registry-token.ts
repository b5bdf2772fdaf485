import { json, type Answer } from './answer.ts'
import type { SandboxSettings } from './faults.ts'
import { keyInBasic, keyName, type SandboxKeyName } from './keys.ts'
import type { Question } from './listener.ts'
import { registryError } from './registry-error.ts'
import type { Tokens } from './tokens.ts'

/** A token is for one repository. */
export interface RegistryGrant {
  readonly path: string
  readonly by: SandboxKeyName | 'guest'
}

/** `/proxy_auth?scope=repository:PATH:pull`: for any kind of key as `$oauthtoken`, and for guests, who may not push. */
export function giveRegistryToken(
  { tokens, settings }: { tokens: Tokens<RegistryGrant>; settings: SandboxSettings },
  { url, authorization }: Question,
): Answer {
  const scope = url.searchParams.get('scope') ?? ''
  const [, path, actions = ''] = /^repository:([^:]+):([\w,*]+)$/.exec(scope) ?? []
  if (path === undefined) return registryError(400, 'UNSUPPORTED', 'invalid scope')
  const by = authorization === undefined ? 'guest' : keyName(keyInBasic(authorization) ?? '')
  if (by === undefined) return registryError(401, 'UNAUTHORIZED', 'authentication required')
  if (by === 'guest' && actions !== 'pull') {
    return registryError(401, 'DENIED', 'requested access to the resource is denied')
  }
  const seconds = settings.registryTokenSeconds
  return json(200, { token: tokens.issue({ path, by }, seconds), expires_in: seconds })
}
