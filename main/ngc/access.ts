import { StatusError } from '../net/failure.ts'
import type { Credentials, Scope } from './credentials.ts'
import type { JsonClient, JsonQuestion } from './json-client.ts'

type Bare<Output> = Omit<JsonQuestion<Output>, 'authorization'>

/** Asks the catalogue as guest, with the key, or as whichever of both it listens to. */
export class Access {
  readonly #json: JsonClient
  readonly #credentials: Credentials | undefined
  /** Orgs and teams that the key had no part in: there a guest asks first. */
  readonly #foreign = new Set<string>()

  constructor(json: JsonClient, credentials: Credentials | undefined) {
    this.#json = json
    this.#credentials = credentials
  }

  get hasKey(): boolean {
    return this.#credentials !== undefined
  }

  guest<Output>(question: Bare<Output>, signal?: AbortSignal): Promise<Output> {
    return this.#json.ask(question, signal)
  }

  /** A 401 is answered once with a new token, where the kind of key has tokens. */
  async key<Output>(
    question: Bare<Output>,
    scope: Scope | undefined,
    signal?: AbortSignal,
  ): Promise<Output> {
    const credentials = this.#credentials
    if (credentials === undefined) return this.guest(question, signal)
    const ask = async (): Promise<Output> => {
      const authorization = await credentials.authorization(scope, signal)
      return this.#json.ask({ ...question, authorization }, signal)
    }
    try {
      return await ask()
    } catch (error) {
      if (statusOf(error) !== 401 || !credentials.renew(scope)) throw error
      return ask()
    }
  }

  /**
   * With the key, and once more as guest where it is refused: a key can see less than no key at all. Throws the error of
   * the first, unless the second tells more.
   */
  async either<Output>(
    questions: { readonly guest: Bare<Output>; readonly key: Bare<Output> },
    scope: Scope,
    signal?: AbortSignal,
  ): Promise<Output> {
    if (!this.hasKey) return this.guest(questions.guest, signal)
    const name = `${scope.org}/${scope.team ?? ''}`
    const withKey = () => this.key(questions.key, scope, signal)
    const asGuest = () => this.guest(questions.guest, signal)
    const [first, second] = this.#foreign.has(name) ? [asGuest, withKey] : [withKey, asGuest]
    try {
      return await first()
    } catch (error) {
      if (!isRefusal(error)) throw error
      try {
        const answer = await second()
        if (first === withKey) this.#foreign.add(name)
        else this.#foreign.delete(name)
        return answer
      } catch (other) {
        const refusals = first === withKey ? [error, other] : [other, error]
        throw refusals.find((refusal) => !isRefusal(refusal)) ?? refusals[0]
      }
    }
  }
}

/** What asking in another way may overcome. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error)
  return status === 401 || status === 403 || status === 404
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof StatusError ? error.status : undefined
}
