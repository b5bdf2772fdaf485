import type { Readable } from 'node:stream'
import { AppError } from '../api/errors.ts'
import { isOfTheLine, NetworkError, StatusError, throwIfCancelled } from '../net/failure.ts'
import type { Outage } from '../net/outage.ts'
import type { RateLimit } from '../net/rate-limit.ts'
import { isWorthRetrying, pause, type RetryPolicy } from '../net/retry.ts'
import { within } from '../net/within.ts'
import { checkContentRange, rangeHeader, WrongRange, type Wanted } from './content-range.ts'
import type { Followed } from './follow.ts'
import type { Descriptor } from './manifest.ts'
import { WrongBytes } from './verified-stream.ts'

/** One answer of bytes of a blob; not verified, and it may end early. */
export interface OpenRange {
  /** Where the body begins: the byte asked for, or 0 from a far end that knows no ranges. */
  readonly startByte: number
  readonly body: Readable
}

/** Gets a blob's address with the given headers, redirects followed, passing failures already thrown. */
export type GetBlob = (headers: Record<string, string>, signal?: AbortSignal) => Promise<Followed>

/**
 * Asks once for bytes of a blob. Throws WrongRange, WrongBytes, StatusError, NetworkError; ExpiredAddress when the
 * storage host does not honour the signed address (any more).
 */
export async function openRange(
  get: GetBlob,
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
  range: Wanted,
  signal?: AbortSignal,
): Promise<OpenRange> {
  const isWhole = range.startByte === 0 && range.endByte === descriptor.size
  // A compressed transfer would be neither the bytes nor the offsets that were published.
  const headers = {
    'accept-encoding': 'identity',
    ...(!isWhole && { range: rangeHeader(range) }),
  }
  const { response, host, isForeign } = await get(headers, signal)
  const { status, headers: answered, body } = response
  try {
    const encoding = answered['content-encoding'] ?? 'identity'
    if ((status === 200 || status === 206) && encoding !== 'identity') {
      throw new AppError('protocol', `${host} recompresses what it sends (${encoding}).`, {
        hint: 'A proxy on the way may do that: have it pass on unchanged what comes from there.',
      })
    }
    if (status === 206) {
      checkContentRange(answered['content-range'], range, descriptor.size, host)
      return { startByte: range.startByte, body }
    }
    if (status === 200) {
      const length = answered['content-length']
      if (length !== undefined && Number(length) !== descriptor.size) {
        throw new WrongBytes(
          descriptor.digest,
          `${host} has ${length} bytes where ${descriptor.size} were published.`,
          'They were changed on the way, for example by a proxy. Try again.',
        )
      }
      return { startByte: 0, body }
    }
    if (status === 416) throw new WrongRange(`${host} does not send parts of its data.`)
    if (isForeign && expiredStatuses.has(status)) throw new ExpiredAddress(status, host)
    throw new StatusError(status, `${host} answered ${status} where data was expected.`)
  } catch (error) {
    body.destroy()
    throw error
  }
}

/** What storage services answer to a signed address whose time is over: 403 mostly, 400 and 401 by some. */
const expiredStatuses: ReadonlySet<number> = new Set([400, 401, 403])

/** The registry has to be asked for a new address. */
class ExpiredAddress extends StatusError {
  constructor(status: number, host: string) {
    super(status, `${host} refuses the address that the registry gave for it (${status}).`, {
      code: 'denied',
      hint: `A firewall may block ${host}, or the clock of this computer may be wrong.`,
    })
    this.name = 'ExpiredAddress'
  }
}

/** Less than this is no progress: a line that drops after every few bytes must not keep us forever. */
const PROGRESS_BYTES = 64 * 1024

/**
 * The bytes of a range, in order, not verified. Goes on at the byte it had whenever the line drops, the answer is cut
 * short or the signed address expires, and gives up after twice `retry.attempts` tries without progress: a layer is worth
 * more patience than a small answer. Given an `outage`, a network that is lost is waited for first.
 */
export async function* readRange(
  get: GetBlob,
  descriptor: Pick<Descriptor, 'digest' | 'size'>,
  range: Wanted,
  options: RangeOptions,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { retry, limit, name, onBytes } = options
  let at = range.startByte
  let progressAt = at
  let failures = 0
  let rangesWork = true
  let wrongAnswers = 0
  const opening = { limitMs: retry.totalTimeoutMs, name }
  while (at < range.endByte) {
    throwIfCancelled(signal)
    let failure: unknown
    try {
      const wanted = rangesWork
        ? { startByte: at, endByte: range.endByte }
        : { startByte: 0, endByte: descriptor.size }
      const { startByte, body } = await within(
        opening,
        (until) => openRange(get, descriptor, wanted, until),
        signal,
      )
      if (startByte !== wanted.startByte) options.onWhole?.()
      let position = startByte
      for await (const whole of notTooSlow(body, retry, name)) {
        for (const chunk of limit?.portions(whole) ?? [whole]) {
          const from = position
          position += chunk.length
          const passed = limit?.take(chunk.length, signal)
          if (passed) await passed
          if (position <= at) continue
          const fresh =
            from < at || position > range.endByte
              ? chunk.subarray(Math.max(0, at - from), range.endByte - from)
              : chunk
          at += fresh.length
          onBytes?.(fresh.length)
          yield fresh
          if (at >= range.endByte) return
        }
      }
      failure = new NetworkError('reset', `The data of ${name} ended early.`)
    } catch (error) {
      failure = error
    }
    throwIfCancelled(signal)
    // The wrong length can be one cache's, or one proxy's: it is not believed before it is said twice.
    const isDoubtful = failure instanceof WrongBytes && ++wrongAnswers < 2
    if (!isDoubtful && !canGoOn(failure)) throw failure
    if (failure instanceof WrongRange) rangesWork = !rangesWork
    failures = at - progressAt >= PROGRESS_BYTES ? 1 : failures + 1
    if (failures === 1) progressAt = at
    if (options.outage && failures >= retry.attempts && isOfTheLine(failure)) {
      const standing = await options.outage.look(failure, signal)
      if (standing === 'lost') throw failure
      if (standing === 'back') failures = 0
    }
    if (failures >= retry.attempts * 2) throw failure
    if (failures === 0) continue
    await pause(failure, failures, retry, signal)
  }
}

/**
 * What trickles is never idle, but must not keep us for ever either: so much is to come within the time that a small
 * answer has. Only the time spent on waiting for it counts; a drive may be as slow as it likes.
 */
async function* notTooSlow(
  body: Readable,
  { clock, totalTimeoutMs }: RetryPolicy,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0
  let waitedMs = 0
  let askedMs = clock.now()
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    waitedMs += clock.now() - askedMs
    if (bytes >= PROGRESS_BYTES) {
      bytes = 0
      waitedMs = 0
    } else if (waitedMs > totalTimeoutMs) {
      throw new NetworkError('timeout', `The data of ${name} comes too slowly.`, {
        hint: 'Try again when the line is better.',
      })
    }
    yield chunk
    askedMs = clock.now()
  }
}

export interface RangeOptions {
  readonly retry: RetryPolicy
  readonly limit?: RateLimit | undefined
  readonly outage?: Outage | undefined
  /** Told when the far end sends the blob from its start instead of the range. */
  readonly onWhole?: (() => void) | undefined
  /** Stands in messages. */
  readonly name: string
  /** Told of each chunk that is new, before it is passed on. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

function canGoOn(error: unknown): boolean {
  return isWorthRetrying(error) || error instanceof WrongRange || error instanceof ExpiredAddress
}
