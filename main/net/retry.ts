import { isOfTheLine, NetworkError, StatusError, throwIfCancelled } from './failure.ts'
import { systemClock, type Clock } from './clock.ts'

export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number
  /** The delay before the second try; it doubles from there. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** The longest that `Retry-After` is obeyed. */
  readonly longestRetryAfterMs: number
  /** The longest that one try of a small answer may take, from asking to its last byte; see `within`. */
  readonly totalTimeoutMs: number
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** Told before each wait; adaptive callers lower their connections here. */
  readonly retrying?: (error: unknown, delayMs: number) => void
}

export const patient: RetryPolicy = {
  attempts: 6,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  longestRetryAfterMs: 120_000,
  totalTimeoutMs: 300_000,
  clock: systemClock,
  random: Math.random,
}

/** Runs `attempt` until it succeeds, fails for good, or has failed `policy.attempts` times; then throws its last error. */
export async function retry<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    throwIfCancelled(signal)
    try {
      return await attempt()
    } catch (error) {
      if (failures >= policy.attempts || !isWorthRetrying(error)) throw error
      await pause(error, failures, policy, signal)
    }
  }
}

/** Waits as long as the failure asks for: `Retry-After` if it came with one, else back-off. */
export async function pause(
  error: unknown,
  failures: number,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<void> {
  const delayMs = delayAfter(error, failures, policy)
  policy.retrying?.(error, delayMs)
  await policy.clock.wait(delayMs, signal)
}

/**
 * 408, 429, 5xx and what is of the line pass; a wrong certificate, a plain-text port, our own stopping do not, nor does a
 * proxy's no: to repeat a wrong password locks accounts.
 */
export function isWorthRetrying(error: unknown): boolean {
  if (error instanceof NetworkError) return isOfTheLine(error)
  return error instanceof StatusError && isPassing(error.status)
}

export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
}

/** Exponential, with the upper half random, so that many clients do not come back in step. */
function delayAfter(error: unknown, failures: number, policy: RetryPolicy): number {
  const full = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (failures - 1))
  const delayMs = full / 2 + (full / 2) * policy.random()
  const asked = error instanceof StatusError ? error.retryAfterMs : undefined
  if (asked === undefined) return delayMs
  return Math.max(delayMs, Math.min(asked, policy.longestRetryAfterMs))
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from `now`; undefined if it is neither. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
