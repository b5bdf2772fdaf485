import { StatusError } from '../net/failure.ts'
import type { Credentials, Scope } from './credentials.ts'
import type { JsonClient } from './json-client.ts'
import { tokenSchema } from './schemas.ts'
import { Secret } from './secret.ts'
import { endpoint } from './site.ts'

/** Exchanges a legacy key at authn for short-lived tokens, one for each org or team, renewed before they end. */
export class TokenExchange implements Credentials {
  readonly #parts: { readonly auth: URL; readonly key: Secret; readonly json: JsonClient }
  readonly #now: () => number
  readonly #tokens = new Map<string, Token>()
  /** Scopes that this key was denied; asked once only, since a project has hundreds of repositories. */
  readonly #denied = new Map<string, StatusError>()

  constructor(
    parts: { readonly auth: URL; readonly key: Secret; readonly json: JsonClient },
    now = () => performance.now(),
  ) {
    this.#parts = parts
    this.#now = now
  }

  /** Throws StatusError 401 or 403 where the key is bad or has no part in the scope. */
  async authorization(scope: Scope | undefined, signal?: AbortSignal): Promise<string> {
    const name = nameOf(scope)
    const denied = this.#denied.get(name)
    if (denied) throw denied
    let token = this.#tokens.get(name)
    if (token === undefined || this.#now() >= token.renewAt) {
      token = await this.#exchange(scope, name, signal)
      this.#tokens.set(name, token)
    }
    return `Bearer ${token.secret.reveal()}`
  }

  renew(scope: Scope | undefined): boolean {
    return this.#tokens.delete(nameOf(scope))
  }

  async #exchange(scope: Scope | undefined, name: string, signal?: AbortSignal): Promise<Token> {
    const { auth, key, json } = this.#parts
    const url = endpoint(auth, '/token', { service: 'ngc' })
    for (const wanted of scopesOf(scope)) url.searchParams.append('scope', wanted)
    const login = Buffer.from(`$oauthtoken:${key.reveal()}`).toString('base64')
    const asked = this.#now()
    try {
      const question = { url, schema: tokenSchema, authorization: `Basic ${login}` }
      const answer = await json.ask(question, signal)
      const livesMs = (answer.expires_in ?? DEFAULT_SECONDS) * 1000
      const marginMs = Math.min(LONGEST_MARGIN_MS, livesMs / 4)
      return { secret: new Secret(answer.token), renewAt: asked + livesMs - marginMs }
    } catch (error) {
      if (error instanceof StatusError && (error.status === 401 || error.status === 403)) {
        this.#denied.set(name, error)
      }
      throw error
    }
  }
}

interface Token {
  readonly secret: Secret
  readonly renewAt: number
}

const DEFAULT_SECONDS = 60
const LONGEST_MARGIN_MS = 30_000

function scopesOf(scope: Scope | undefined): string[] {
  if (scope === undefined) return []
  const org = `group/ngc:${scope.org}`
  return scope.team === undefined ? [org] : [org, `${org}/${scope.team}`]
}

function nameOf(scope: Scope | undefined): string {
  return scopesOf(scope).join(' ')
}
