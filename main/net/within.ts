import { NetworkError } from './failure.ts'

/**
 * Runs one exchange with a signal that ends it as NetworkError `timeout` when it takes too long as a whole: an answer
 * that trickles is never idle. What `action` resolved to may go on after that, such as the body of a blob.
 */
export async function within<T>(
  limit: { readonly limitMs: number; readonly name: string },
  action: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => {
    const hint = 'Try again; the line may be very slow.'
    const sentence = `${limit.name} did not finish its answer in time.`
    late.abort(new NetworkError('timeout', sentence, { hint }))
  }, limit.limitMs)
  try {
    return await action(signal ? AbortSignal.any([signal, late.signal]) : late.signal)
  } finally {
    clearTimeout(timer)
  }
}
