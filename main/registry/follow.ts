import { AppError } from '../api/errors.ts'
import { readText } from '../net/body.ts'
import type { Http, HttpResponse } from '../net/http.ts'
import type { Session } from './session.ts'

const MOST_REDIRECTS = 5

const ASTRAY = 'Try again later. A proxy or a sign-in page on the way may have answered instead.'

/** An answer and who gave it: the registry itself, or another host that the registry sent us to. */
export interface Followed {
  readonly response: HttpResponse
  readonly host: string
  readonly isForeign: boolean
}

/**
 * GETs from a registry and follows its redirects. Authorization goes to the registry's own origin and nowhere else: blobs
 * come from a storage host whose signed address is permission enough. That address never leaves this function.
 */
export async function getFollowing(
  http: Http,
  session: Session,
  first: URL,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Followed> {
  let url = first
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isForeign = url.origin !== first.origin
    const response = isForeign
      ? await http.request(url, { headers }, signal)
      : await session.send(url, { headers }, signal)
    if (!redirectStatuses.has(response.status)) return { response, host: url.host, isForeign }
    // Read to its end rather than destroyed: the connection serves the next layer.
    await readText(response)
    url = target(response, url, first)
  }
  throw new AppError('protocol', `${first.host} redirects in circles.`, { hint: ASTRAY })
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function target(response: HttpResponse, from: URL, first: URL): URL {
  const location = response.headers['location'] ?? ''
  if (location === '' || !URL.canParse(location, from.href)) {
    throw new AppError('protocol', `${from.host} redirects to nowhere.`, { hint: ASTRAY })
  }
  const url = new URL(location, from)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && first.protocol === 'http:')) {
    return url
  }
  throw new AppError('protocol', `${from.host} redirects to ${url.host} without HTTPS.`, {
    hint: ASTRAY,
  })
}
