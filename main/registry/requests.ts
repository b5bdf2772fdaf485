import type { AppError } from '../api/errors.ts'
import { readText } from '../net/body.ts'
import { NetworkError, StatusError } from '../net/failure.ts'
import type { HttpResponse } from '../net/http.ts'
import { isPassing } from '../net/retry.ts'
import { within } from '../net/within.ts'
import { secretsIn } from './credentials.ts'
import { createAddresses, remoteRepository } from './address.ts'
import type { RegistryOptions, Repository } from './client.ts'
import { getFollowing, type Followed, type SignedAddresses } from './follow.ts'
import { detailOf, passingFailure, regionClosed } from './refusal.ts'
import { createSession, type Access, type Session } from './session.ts'

/** One GET below `/v2/REPOSITORY/`, its 200 answer given to `read`; anything else is thrown. */
export type Get = <T>(
  repository: Repository,
  path: string,
  headers: Readonly<Record<string, string>>,
  read: (response: HttpResponse) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>

export interface Requests {
  readonly get: Get
  /** Like `get` for blobs: 200, 206, 416 and whatever a storage host says of its signed address are answers. */
  open(
    repository: Repository,
    path: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Followed>
  readonly access: (repository: Repository) => Access | undefined
  /** Whether any registry that was spoken to answers, in whatever way. */
  answers(signal?: AbortSignal): Promise<boolean>
}

/** Single requests to registries, without retries: where they are, who we are there, and what their refusals mean. */
export function createRequests(options: Omit<RegistryOptions, 'limit'>): Requests {
  const { http, site, credentials, trustedRealms = [], log } = options
  const addressOf = createAddresses(options)
  const sessions = new Map<string, Session>()
  const signed: SignedAddresses = new Map()
  const spokenTo = new Set<string>()

  const secretsAt = ({ registry }: Repository): string[] => secretsIn(credentials?.(registry))

  const sessionFor = (repository: Repository, address: URL): Session => {
    const { registry } = repository
    const name = `${registry}/${repository.repository}`
    const known = sessions.get(name)
    if (known) return known
    const session = createSession({
      http,
      registry: address,
      registryName: registry,
      repository: remoteRepository(repository),
      credentials: credentials?.(registry),
      trustedHosts:
        registry === site.registryName ? [...trustedRealms, site.auth.host] : trustedRealms,
      ...(options.retry && {
        clock: options.retry.clock,
        totalTimeoutMs: options.retry.totalTimeoutMs,
      }),
      log,
    })
    sessions.set(name, session)
    return session
  }

  const send = async (
    repository: Repository,
    path: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
    known?: SignedAddresses,
  ): Promise<Followed> => {
    const address = await addressOf(repository.registry, signal)
    spokenTo.add(repository.registry)
    const base = address.pathname.replace(/\/$/, '')
    const url = new URL(`${base}/v2/${remoteRepository(repository)}/${path}`, address)
    const session = sessionFor(repository, address)
    const followed = await getFollowing(http, session, url, headers, signal, known)
    const { status } = followed.response
    if (!isPassing(status) && status !== 404 && status !== 451) return followed
    throw await failure(followed, repository, path, secretsAt(repository))
  }

  const isThere = async (registryName: string, signal?: AbortSignal): Promise<boolean> => {
    const ask = async (until: AbortSignal): Promise<true> => {
      const address = await addressOf(registryName, until)
      const { body } = await http.request(new URL('/v2/', address), {}, until)
      body.destroy()
      return true
    }
    try {
      return await within({ limitMs: LONGEST_ANSWER_MS, name: registryName }, ask, signal)
    } catch (error) {
      // A sign-in page in between, with its own certificate, is no answer either.
      if (error instanceof NetworkError) return false
      throw error
    }
  }

  return {
    async get(repository, path, headers, read, signal) {
      const followed = await send(repository, path, headers, signal)
      if (followed.response.status === 200) return read(followed.response)
      throw await failure(followed, repository, path, secretsAt(repository))
    },
    open: (repository, path, headers, signal) => send(repository, path, headers, signal, signed),
    async answers(signal) {
      const answers = await Promise.all([...spokenTo].map((name) => isThere(name, signal)))
      return answers.includes(true)
    },
    access: ({ registry, repository }) => sessions.get(`${registry}/${repository}`)?.access,
  }
}

/** For a mere sign of life. */
const LONGEST_ANSWER_MS = 30_000

async function failure(
  { response, host }: Followed,
  { registry, repository }: Repository,
  path: string,
  secrets: readonly string[],
): Promise<AppError> {
  const detail = detailOf(await readText(response), secrets)
  const { status } = response
  if (isPassing(status)) return passingFailure(host, response)
  if (status === 451) return regionClosed(registry, repository)
  if (status === 404) {
    const [kind, what = ''] = path.split('/')
    const separator = what.includes(':') ? '@' : ':'
    const isNamed = kind === 'manifests' || kind === 'blobs'
    const named = isNamed ? `${repository}${separator}${what}` : repository
    return new StatusError(404, `${registry} has no ${named}.`, {
      hint: 'Check the name; what was there may have been replaced or removed meanwhile.',
    })
  }
  return new StatusError(status, `${host} answered ${status}${detail && ` (${detail})`}.`)
}
