import type { z } from 'zod'
import { AppError } from '../api/errors.ts'
import { readBody, readText } from '../net/body.ts'
import { codeOf, StatusError } from '../net/failure.ts'
import type { Http, HttpResponse } from '../net/http.ts'
import { retry, retryAfterMs, type RetryPolicy } from '../net/retry.ts'
import { within } from '../net/within.ts'
import { refusalSchema } from './schemas.ts'

/** One request to a service that answers JSON. */
export interface JsonQuestion<Output> {
  readonly url: URL
  readonly schema: z.ZodType<Output>
  readonly authorization?: string | undefined
  /** Sent by POST. */
  readonly form?: Readonly<Record<string, string>>
}

/** Asks, retries what passes, bounds and parses the answer. */
export class JsonClient {
  readonly #http: Http
  readonly #policy: RetryPolicy

  constructor(http: Http, policy: RetryPolicy) {
    this.#http = http
    this.#policy = policy
  }

  /** Throws StatusError for any status but 200, AppError `protocol`, `network`, `cancelled`. */
  ask<Output>(question: JsonQuestion<Output>, signal?: AbortSignal): Promise<Output> {
    const limit = { limitMs: this.#policy.totalTimeoutMs, name: question.url.host }
    const attempt = (): Promise<Output> =>
      within(limit, (until) => this.#attempt(question, until), signal)
    return retry(attempt, this.#policy, signal)
  }

  async #attempt<Output>(question: JsonQuestion<Output>, signal?: AbortSignal): Promise<Output> {
    const { url, authorization, form } = question
    const response = await this.#http.request(
      url,
      {
        method: form ? 'POST' : 'GET',
        headers: {
          accept: 'application/json',
          ...(authorization !== undefined && { authorization }),
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(form && { body: new URLSearchParams(form).toString() }),
      },
      signal,
    )
    if (response.status !== 200) throw await refusal(url, response)
    const body = await readBody(response, MOST_BYTES, `The answer of ${url.host}`)
    return parse(question, body)
  }
}

/** An org with thousands of repositories answers a few megabytes. */
const MOST_BYTES = 32 * 1024 * 1024

function parse<Output>({ url, schema }: JsonQuestion<Output>, body: Uint8Array): Output {
  const wrong = (what: string, cause: unknown): AppError =>
    new AppError('protocol', `${url.host} answered ${url.pathname} with ${what}.`, {
      hint: 'If you are behind a proxy or a sign-in page, it may have answered instead.',
      cause,
    })
  let document: unknown
  try {
    document = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (error) {
    throw wrong('something that is not JSON', error)
  }
  const parsed = schema.safeParse(document)
  if (!parsed.success) throw wrong('JSON of another shape than expected', parsed.error)
  return parsed.data
}

async function refusal(url: URL, response: HttpResponse): Promise<StatusError> {
  const { status, headers } = response
  const said = reason(await readText(response))
  const message = `${url.host} answered ${status} to ${url.pathname}${said === '' ? '' : `: ${said}`}.`
  return new StatusError(status, message, {
    code: codeOf(status),
    retryAfterMs: retryAfterMs(headers['retry-after']),
  })
}

/** NGC's own words, in one printable line. */
function reason(text: string): string {
  try {
    const parsed = refusalSchema.safeParse(JSON.parse(text))
    const words = parsed.data?.requestStatus?.statusDescription ?? ''
    return words
      .replaceAll(/\p{C}+/gu, ' ')
      .trim()
      .slice(0, 300)
      .replace(/\.$/, '')
  } catch {
    return ''
  }
}
