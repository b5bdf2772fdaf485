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

/** Where the storage host has what, by the address at the registry. Signed: in memory only, and in no message. */
export type SignedAddresses = Map<string, URL>

/** Some minutes of a transfer; each is good for one blob. */
const MOST_SIGNED = 256

/**
 * GETs from a registry and follows its redirects. Authorization goes to the registry's own origin and nowhere else: blobs
 * come from a storage host whose signed address is permission enough. Given `signed`, that address is asked again for
 * further ranges, without the registry, until it is refused.
 */
export async function getFollowing(
  http: Http,
  session: Session,
  first: URL,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
  signed?: SignedAddresses,
): Promise<Followed> {
  const again = signed && (await askAgain(http, signed, first, headers, signal))
  if (again) return again
  let url = first
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isForeign = url.origin !== first.origin
    const response = isForeign
      ? await http.request(url, { headers }, signal)
      : await session.send(url, { headers }, signal)
    if (!redirectStatuses.has(response.status)) {
      if (isForeign && isBlob(response)) remember(signed, first, url)
      return { response, host: url.host, isForeign }
    }
    // Read to its end rather than destroyed: the connection serves the next layer.
    await readText(response)
    url = target(response, url, first)
  }
  throw new AppError('protocol', `${first.host} redirects in circles.`, { hint: ASTRAY })
}

async function askAgain(
  http: Http,
  signed: SignedAddresses,
  first: URL,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Followed | undefined> {
  const url = signed.get(first.href)
  if (url === undefined) return undefined
  // Whatever happens now, the registry knows better next time.
  signed.delete(first.href)
  const response = await http.request(url, { headers }, signal)
  if (isBlob(response)) {
    remember(signed, first, url)
    return { response, host: url.host, isForeign: true }
  }
  response.body.destroy()
  return undefined
}

function remember(signed: SignedAddresses | undefined, first: URL, url: URL): void {
  if (signed === undefined) return
  signed.set(first.href, url)
  for (const oldest of signed.keys()) {
    if (signed.size <= MOST_SIGNED) return
    signed.delete(oldest)
  }
}

function isBlob({ status }: HttpResponse): boolean {
  return status === 200 || status === 206
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
