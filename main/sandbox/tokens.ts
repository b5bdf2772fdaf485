import { randomBytes } from 'node:crypto'

/** Tokens that the sandbox gave out, each with what it allows and until when. */
export class Tokens<Grant> {
  readonly #issued = new Map<string, { readonly grant: Grant; readonly endsAt: number }>()

  issue(grant: Grant, seconds: number): string {
    const token = randomBytes(24).toString('base64url')
    this.#issued.set(token, { grant, endsAt: performance.now() + seconds * 1000 })
    const [oldest] = this.#issued.keys()
    if (this.#issued.size > MOST && oldest !== undefined) this.#issued.delete(oldest)
    return token
  }

  /** What a `Bearer` header allows; undefined for a token that has ended, is not ours, or is none. */
  read(authorization: string | undefined): Grant | undefined {
    const token = bearerToken(authorization)
    const found = token === undefined ? undefined : this.#issued.get(token)
    return found && found.endsAt > performance.now() ? found.grant : undefined
  }
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
}

const MOST = 10_000
