import { Readable } from 'node:stream'

/**
 * A stream over an async iteration, chunk by chunk without copies. Destroying it aborts the signal that the iteration was
 * given, so that it ends even while it waits. `Readable.from` does not: it throws into the iteration, and waits for it.
 */
export function readableOf(
  iterate: (signal: AbortSignal) => AsyncIterator<Uint8Array>,
  signal?: AbortSignal,
): Readable {
  const stop = new AbortController()
  const iterator = iterate(signal ? AbortSignal.any([signal, stop.signal]) : stop.signal)
  const stream = new Readable({
    objectMode: true,
    highWaterMark: 4,
    read() {
      iterator.next().then(
        ({ done, value }) => stream.destroyed || stream.push(done === true ? null : value),
        (error: unknown) => stream.destroy(asError(error)),
      )
    },
    destroy(error, done) {
      stop.abort()
      finish(iterator)
      done(error)
    },
  })
  return stream
}

/** Ends the iteration, and with it its connection; what it says to that does not matter any more. */
function finish(iterator: AsyncIterator<Uint8Array>): void {
  iterator.return?.().catch(() => undefined)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
