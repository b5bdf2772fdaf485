import { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { readBody, readText } from '../net/body.ts'
import type { Http } from '../net/http.ts'
import { isPassing } from '../net/retry.ts'
import { within } from '../net/within.ts'
import type { Challenge } from './challenge.ts'
import { basicAuthorization, type Credentials } from './credentials.ts'
import { mayBeAsked, mayReceiveCredentials } from './realm.ts'
import { passingFailure, regionClosed } from './refusal.ts'

export interface Token {
  readonly authorization: string
  readonly lifetimeMs: number
}

/** Why no token was given: the service said no, or it must not be asked. */
export interface TokenRefusal {
  readonly refused: string
}

/**
 * Asks the token service of a Bearer challenge for one repository (distribution specification, “Token Authentication”).
 * The scope is ours, whatever the challenge asked for: `pull,push` can be refused to guests. Without credentials as guest.
 */
export function fetchToken(
  http: Http,
  challenge: Challenge,
  request: TokenRequest,
): Promise<Token | TokenRefusal> {
  // Many may wait for it, each with a limit of its own; the next ones must not join what hangs.
  const limit = {
    limitMs: request.totalTimeoutMs,
    name: `The token service of ${request.registry.host}`,
  }
  return within(limit, (signal) => ask(http, challenge, request, signal))
}

async function ask(
  http: Http,
  challenge: Challenge,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<Token | TokenRefusal> {
  const text = challenge.parameters['realm'] ?? ''
  if (!URL.canParse(text, request.registry.href)) {
    throw new AppError(
      'protocol',
      `${request.registry.host} names a token service without an address.`,
    )
  }
  const realm = new URL(text, request.registry)
  realm.username = ''
  realm.password = ''
  const { credentials } = request
  if (!mayBeAsked(realm, request.registry)) {
    return { refused: `its token service ${realm.host} does not use HTTPS` }
  }
  if (credentials && !mayReceiveCredentials(realm, request.registry, request.trustedHosts)) {
    return { refused: `its token service ${realm.host} is not known, so no key was sent there` }
  }
  const service = challenge.parameters['service']
  if (service !== undefined && service !== '') realm.searchParams.set('service', service)
  realm.searchParams.delete('scope')
  for (const scope of request.scopes) realm.searchParams.append('scope', scope)
  const headers = {
    accept: 'application/json',
    ...(credentials && { authorization: basicAuthorization(credentials) }),
  }
  const response = await http.request(realm, { headers }, signal)
  if (response.status === 200) {
    return parse(await readBody(response, 1024 * 1024, `The token of ${realm.host}`), realm)
  }
  await readText(response)
  if (response.status === 451)
    throw regionClosed(realm.host, request.scopes[0]?.split(':')[1] ?? '')
  if (isPassing(response.status)) throw passingFailure(realm.host, response)
  return { refused: `${realm.host} answered ${response.status}` }
}

export interface TokenRequest {
  readonly registry: URL
  /** `repository:nvidia/pytorch:pull`; the first is the one that matters. */
  readonly scopes: readonly string[]
  readonly credentials: Credentials | undefined
  readonly trustedHosts: readonly string[]
  readonly totalTimeoutMs: number
}

const answerSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional().catch(undefined),
})

/** The specification's lifetime where the answer names none. */
const DEFAULT_SECONDS = 60
const LONGEST_SECONDS = 24 * 3600

function parse(body: Uint8Array, realm: URL): Token {
  const broken = (): AppError => new AppError('protocol', `${realm.host} answered without a token.`)
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    throw broken()
  }
  const answer = answerSchema.safeParse(json)
  const token = answer.data?.token || answer.data?.access_token
  // A header cannot hold anything else; the token itself must not show in the error that would follow.
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) throw broken()
  const given = answer.data?.expires_in ?? 0
  const seconds = given > 0 ? Math.min(given, LONGEST_SECONDS) : DEFAULT_SECONDS
  return { authorization: `Bearer ${token}`, lifetimeMs: seconds * 1000 }
}
