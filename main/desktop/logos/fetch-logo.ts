import { AppError } from '../../api/errors.ts'
import { readBody } from '../../net/body.ts'
import { StatusError } from '../../net/failure.ts'
import type { Http } from '../../net/http.ts'
import { within } from '../../net/within.ts'

/** No logo is larger; more is not read. */
export const MOST_LOGO_BYTES = 256 * 1024

/**
 * The bytes at an address, without any header that tells who asks; every address on the way must be allowed. Throws
 * StatusError, AppError `protocol`, `denied`, `network`, `cancelled`.
 */
export async function fetchLogo(
  http: Http,
  address: string,
  isAllowed: (url: URL) => boolean,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let url = new URL(address)
  const limit = { limitMs: LIMIT_MS, name: url.host }
  const follow = async (until: AbortSignal): Promise<Uint8Array> => {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      if (!isAllowed(url)) throw new AppError('denied', `No logo is fetched from ${url.host}.`)
      const response = await http.request(url, { headers: { accept: 'image/*' } }, until)
      const { status, headers, body } = response
      if (status === 200) return await readBody(response, MOST_LOGO_BYTES, `A logo of ${url.host}`)
      body.destroy()
      const { location = '' } = headers
      if (status < 300 || status > 399 || !URL.canParse(location, url.href))
        throw new StatusError(status, `${url.host} answered ${status} instead of a logo.`)
      url = new URL(location, url)
    }
    throw new AppError('protocol', `${url.host} redirects in circles.`)
  }
  return await within(limit, follow, signal)
}

const LIMIT_MS = 15_000
const MOST_REDIRECTS = 3
