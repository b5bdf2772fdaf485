import { z } from 'zod'
import type { AppError } from '../api/errors.ts'
import { StatusError } from '../net/failure.ts'
import type { HttpResponse } from '../net/http.ts'
import { redact } from '../net/redact.ts'
import { retryAfterMs } from '../net/retry.ts'
import { pageAddress } from '../ngc/page.ts'
import { publicSite } from '../ngc/site.ts'

/** “Not now”: 408, 429 and 5xx, worth another try. */
export function passingFailure(host: string, response: Pick<HttpResponse, 'status' | 'headers'>) {
  const { status, headers } = response
  const limited = status === 429
  return new StatusError(
    status,
    limited
      ? `${host} limits how often it can be asked.`
      : `${host} has a problem of its own (${status}).`,
    {
      code: limited ? 'rate-limited' : 'network',
      hint: limited
        ? 'Try again later, or with fewer jobs and connections.'
        : 'Try again in a few minutes.',
      retryAfterMs: retryAfterMs(headers['retry-after']),
    },
  )
}

export function regionClosed(host: string, repository: string): AppError {
  return new StatusError(451, `${host} does not offer ${repository} in this region.`, {
    code: 'region',
    hint: 'The publisher restricts where it may be downloaded.',
  })
}

/** The final no of a registry: to the key as well as to a guest. */
export function denied(refusal: {
  registryName: string
  repository: string
  status: number
  withCredentials: boolean
  /** What the registry or its token service said. */
  detail: string
}): AppError {
  const { registryName, repository, withCredentials } = refusal
  const page = registryName === publicSite.registryName && pageAddress(repository)
  const detail = refusal.detail === '' ? '' : ` (${refusal.detail})`
  const isDenial = withCredentials || refusal.status === 403 || refusal.detail.startsWith('DENIED')
  const hints = [
    ...(withCredentials
      ? ['Check that the key is valid and belongs to an organisation with access.']
      : ['A key may be needed.']),
    ...(page ? [`A licence may have to be accepted first, in the browser: ${page}`] : []),
  ]
  return new StatusError(
    refusal.status,
    withCredentials
      ? `${registryName} lets neither this key nor a guest pull ${repository}${detail}.`
      : `${registryName} does not let a guest pull ${repository}${detail}.`,
    {
      code: isDenial ? 'denied' : 'unauthorized',
      hint: hints.join(' '),
    },
  )
}

/** The no of a registry that is to be written to. */
export function mayNotPush(refusal: {
  registryName: string
  repository: string
  status: number
  withCredentials: boolean
  /** The registry knows who asks: what is missing is the right. */
  isKnown: boolean
  detail: string
}): AppError {
  const { registryName, repository, status, withCredentials, isKnown } = refusal
  const detail = refusal.detail === '' ? '' : ` (${refusal.detail})`
  if (withCredentials && !isKnown) {
    return new StatusError(
      status,
      `${registryName} does not accept this user name and password${detail}.`,
      { code: 'unauthorized', hint: 'Check both; some registries want a token for a password.' },
    )
  }
  return new StatusError(
    status,
    withCredentials
      ? `${registryName} does not let this user push to ${repository}${detail}.`
      : `${registryName} does not let a guest push to ${repository}${detail}.`,
    {
      code: withCredentials ? 'denied' : 'unauthorized',
      hint: withCredentials
        ? 'The user needs the right to push there; in some registries the project must be made first.'
        : 'Give a user name and a password, or log in with “docker login”.',
    },
  )
}

const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })).min(1),
})

/** What an error body of the registry says (distribution specification, “Error Codes”), fit to be shown; else empty. */
export function detailOf(body: string, secrets: readonly string[]): string {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return ''
  }
  const first = errorsSchema.safeParse(json).data?.errors[0]
  const text = [first?.code, first?.message].filter(Boolean).join(': ')
  const printable = redact(text, secrets).replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
  return printable.slice(0, 200).trim().replace(/\.$/, '')
}
