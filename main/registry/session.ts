import { abandonable } from '../net/abandonable.ts'
import { readText } from '../net/body.ts'
import { systemClock, type Clock } from '../net/clock.ts'
import { throwIfCancelled } from '../net/failure.ts'
import type { Http, HttpRequest, HttpResponse } from '../net/http.ts'
import { patient } from '../net/retry.ts'
import { usableChallenge, type Challenge } from './challenge.ts'
import { basicAuthorization, secretsIn, type Credentials } from './credentials.ts'
import { denied, detailOf, mayNotPush } from './refusal.ts'
import { fetchToken } from './token.ts'

/** How a repository came to be readable. */
export type Access =
  | 'open' // the registry asks nobody
  | 'guest'
  | 'credentials'
  | 'guest-instead' // the key was refused where a guest is let in

/** Our standing with one repository of one registry: which token holds, and who we are there. */
export interface Session {
  /** Sends with whatever authorization is wanted. Throws AppError `denied`, `unauthorized` for a final no. */
  send(url: URL, request: SessionRequest, signal?: AbortSignal): Promise<HttpResponse>
  readonly access: Access
}

/** A body is opened anew for each time that it is sent: a challenge may come in between. */
export type SessionRequest = Omit<HttpRequest, 'body'> & {
  readonly body?: () => NonNullable<HttpRequest['body']>
}

export interface SessionOptions {
  readonly http: Http
  readonly registry: URL
  readonly registryName: string
  readonly repository: string
  readonly credentials: Credentials | undefined
  readonly trustedHosts: readonly string[]
  /** Who may push is known by credentials only: where they are refused, no guest is tried. */
  readonly actions?: 'pull' | 'pull,push'
  /** Of the same registry, to be read as well: a blob is to be mounted from there. */
  readonly alsoPull?: string | undefined
  readonly clock?: Clock
  /** Of a whole request for a token. */
  readonly totalTimeoutMs?: number
  readonly log?: ((line: string) => void) | undefined
}

/** Renewed before it runs out by this much, or by a fifth of its life if that is shorter. */
const MARGIN_MS = 30_000

/** A 401 can be a whim of the service (seen at nvcr.io): each identity gets a second token before it counts as refused. */
const CHANCES = 2

/** More than any orderly way through takes; only a crowd of refused requests comes near. */
const MOST_ROUNDS = 12

export function createSession(options: SessionOptions): Session {
  const { http, repository, registryName, credentials, clock = systemClock, log } = options
  const { totalTimeoutMs = patient.totalTimeoutMs, actions = 'pull', alsoPull } = options
  const scopes = [
    `repository:${repository}:${actions}`,
    ...(alsoPull === undefined ? [] : [`repository:${alsoPull}:pull`]),
  ]
  let identity: 'credentials' | 'guest' = credentials ? 'credentials' : 'guest'
  let credentialsRefused: string | undefined
  let challenge: Challenge | undefined
  let held: { authorization: string; renewAtMs: number } | undefined
  let fetching: Promise<string | undefined> | undefined

  /** Gets a token for the challenge, one fetch for all who wait. Undefined when done, else why it was refused. */
  const obtain = (answered: Challenge, signal?: AbortSignal): Promise<string | undefined> => {
    fetching ??= hold(answered).finally(() => {
      fetching = undefined
    })
    return abandonable(fetching, signal)
  }

  const hold = async (answered: Challenge): Promise<string | undefined> => {
    challenge = answered
    const asked = identity
    const who = asked === 'credentials' ? credentials : undefined
    if (answered.scheme === 'basic') {
      if (!who) return 'it wants a user name and a password'
      held = { authorization: basicAuthorization(who), renewAtMs: Infinity }
      return undefined
    }
    const askedAtMs = clock.now()
    const token = await fetchToken(http, answered, {
      registry: options.registry,
      scopes,
      credentials: who,
      trustedHosts: options.trustedHosts,
      totalTimeoutMs,
    })
    if ('refused' in token) return token.refused
    // Someone else has stepped back to guest meanwhile.
    if (identity !== asked) return undefined
    const marginMs = Math.min(MARGIN_MS, token.lifetimeMs / 5)
    held = {
      authorization: token.authorization,
      renewAtMs: askedAtMs + token.lifetimeMs - marginMs,
    }
    return undefined
  }

  /**
   * An expired token is challenged with another realm (`error="invalid_token"`), where a guest fails for good. So a
   * refused token is dropped with its challenge, and the next request goes without one, to be challenged anew.
   */
  const forget = (): void => {
    held = undefined
    challenge = undefined
  }

  /** The key was refused: go on as guest. An org-scoped key can be denied an image that is open to guests. */
  const stepBack = (why: string): void => {
    log?.(`${registryName}/${repository}: the key was refused (${why}); trying as guest`)
    credentialsRefused = why
    identity = 'guest'
    forget()
  }

  const authorization = async (signal?: AbortSignal): Promise<string | undefined> => {
    if (held && challenge && clock.now() >= held.renewAtMs) {
      const last = held
      const refused = await obtain(challenge, signal)
      if (refused !== undefined && held === last) forget()
    }
    return held?.authorization
  }

  return {
    get access() {
      if (credentialsRefused !== undefined && identity === 'guest') return 'guest-instead'
      return held ? identity : 'open'
    },

    async send(url, { body, headers, ...request }, signal) {
      const refusals = { credentials: 0, guest: 0 }
      for (let round = 0; ; round++) {
        throwIfCancelled(signal)
        const who = identity
        const sent = await authorization(signal)
        const response = await http.request(
          url,
          {
            ...request,
            headers: { ...headers, ...(sent !== undefined && { authorization: sent }) },
            ...(body && { body: body() }),
          },
          signal,
        )
        const { status } = response
        if (status !== 401 && status !== 403) return response

        let detail = detailOf(await readText(response), secretsIn(credentials))
        const isCurrent = sent === held?.authorization && who === identity
        // Another request has changed our standing meanwhile.
        if (!isCurrent && round < MOST_ROUNDS) continue
        const offered = usableChallenge(response.headers['www-authenticate'])
        if (sent === undefined && status === 401 && offered) {
          const refused = await obtain(offered, signal)
          if (refused === undefined) continue
          detail = refused
        } else if (sent !== undefined && status === 401 && ++refusals[who] < CHANCES) {
          forget()
          continue
        }
        if (actions === 'pull,push') {
          forget()
          // A token is given to who is known; what it does not allow is refused with it.
          const isKnown = status === 403 || sent?.startsWith('Bearer ') === true
          const withCredentials = credentials !== undefined
          throw mayNotPush({ registryName, repository, status, withCredentials, isKnown, detail })
        }
        if (identity === 'credentials') {
          stepBack(detail || String(status))
          continue
        }
        const withCredentials = credentials !== undefined
        const said = credentialsRefused ?? detail
        // The licence may be accepted meanwhile: the next request tries the key again.
        identity = withCredentials ? 'credentials' : 'guest'
        credentialsRefused = undefined
        forget()
        throw denied({ registryName, repository, status, withCredentials, detail: said })
      }
    },
  }
}
