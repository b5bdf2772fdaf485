import { AppError } from '../../api/errors.ts'
import { readText } from '../../net/body.ts'
import { StatusError } from '../../net/failure.ts'
import type { HttpResponse } from '../../net/http.ts'
import { isPassing } from '../../net/retry.ts'
import { createAddresses, remoteRepository } from '../address.ts'
import type { Repository } from '../client.ts'
import { secretsIn } from '../credentials.ts'
import { detailOf, passingFailure } from '../refusal.ts'
import { createSession, type Session, type SessionRequest } from '../session.ts'
import type { UploadsOptions } from './uploads.ts'

/** Single requests that write to a registry, without retries. Bodies of answers are read to their end here. */
export interface UploadRequests {
  /**
   * Sends to `path` below `/v2/REPOSITORY/`, or to an address that `follow` gave. Any status but 401, 403 and passing
   * ones (408, 429, 5xx) is an answer.
   */
  send(
    repository: Repository,
    to: string | URL,
    request: UploadRequest,
    signal?: AbortSignal,
  ): Promise<Answer>
  /** Where a `Location` leads: always to the registry itself. Throws AppError `protocol`. */
  follow(answer: Answer): URL
  /** What an answer that was not hoped for means; `what` was to be done. */
  refused(repository: Repository, answer: Answer, what: string): AppError
}

export type UploadRequest = SessionRequest & {
  /** Another repository of the registry that a token must let us read. */
  readonly alsoPull?: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: HttpResponse['headers']
  readonly text: string
  readonly url: URL
}

export const LIMIT_HINT =
  'It, or a proxy before it, limits how large a request may be; its administrator can raise that (nginx: client_max_body_size).'

export function createUploadRequests(options: UploadsOptions): UploadRequests {
  const { http, credentials, trustedRealms = [], log } = options
  const addressOf = createAddresses(options)
  const sessions = new Map<string, Session>()

  const sessionFor = (repository: Repository, registry: URL, alsoPull?: string): Session => {
    const { registry: registryName } = repository
    const name = [registryName, repository.repository, alsoPull].join(' ')
    const known = sessions.get(name)
    if (known) return known
    const session = createSession({
      http,
      registry,
      registryName,
      repository: remoteRepository(repository),
      credentials: credentials?.(registryName),
      trustedHosts: trustedRealms,
      actions: 'pull,push',
      alsoPull,
      ...(options.retry && { clock: options.retry.clock }),
      log,
    })
    sessions.set(name, session)
    return session
  }

  return {
    async send(repository, to, { alsoPull, ...request }, signal) {
      const address = await addressOf(repository.registry, signal)
      const base = address.pathname.replace(/\/$/, '')
      const url =
        typeof to === 'string'
          ? new URL(`${base}/v2/${remoteRepository(repository)}/${to}`, address)
          : to
      const session = sessionFor(repository, address, alsoPull)
      const response = await session.send(url, request, signal)
      const { status, headers } = response
      const text = await readText(response)
      if (isPassing(status)) throw passingFailure(url.host, response)
      return { status, headers, text, url }
    },
    follow,
    refused({ registry, repository }, { status, text }, what) {
      const detail = detailOf(text, secretsIn(credentials?.(registry)))
      const said = detail === '' ? '' : `: ${detail}`
      return new StatusError(
        status,
        `${registry} refused ${what} of ${repository} (${status}${said}).`,
        {
          ...(status === 404 && { hint: 'In some registries the project must be made first.' }),
          ...(status === 413 && { hint: LIMIT_HINT }),
        },
      )
    },
  }
}

/**
 * `Location` may be relative, and its query is part of it (specification, “Pushing a blob in chunks”). Scheme and port
 * do not count where the host is the registry's: behind a proxy many name wrong ones. Another host is never followed:
 * nothing that is pushed, and no credentials, go anywhere but to the registry that was named.
 */
function follow({ headers, url }: Answer): URL {
  const location = headers['location'] ?? ''
  if (location === '' || !URL.canParse(location, url.href)) {
    throw new AppError('protocol', `${url.host} does not say where to send the data.`)
  }
  const found = new URL(location, url)
  if (found.hostname !== url.hostname) {
    throw new AppError(
      'protocol',
      `${url.host} wants the data to be sent to another host, ${found.host}. Nothing was sent there.`,
      { hint: 'Its administrator has to set the address under which it is reached.' },
    )
  }
  // Put together as a text: by itself a path that begins with two slashes would name another host.
  return new URL(url.origin + found.pathname + found.search)
}
