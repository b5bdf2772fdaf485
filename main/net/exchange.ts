import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { cancelled } from './failure.ts'
import type { HttpResponse } from './http.ts'
import { joinChunks } from './join-chunks.ts'
import { BodyMemory, giveBack } from './read-memory.ts'

/**
 * One request through undici's dispatcher, answered as soon as the headers are there.
 * Written on `dispatch` rather than `request` so that an error in mid-body is explained like one before it, and a
 * request that still waits for its connection can be cancelled at once.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  explained: (error: unknown) => Error,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let body: Readable | undefined
    const memory = new BodyMemory()
    const chunks = joinChunks((chunk) => {
      if (body?.destroyed !== false) giveBack(chunk)
      else if (!body.push(chunk)) controller?.pause()
    })
    const cancel = (): void => {
      const reason = cancelled(signal!)
      fail(reason)
      controller?.abort(reason)
    }
    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', cancel)
      if (body === undefined) reject(error)
      else body.destroy(error)
    }
    if (signal?.aborted === true) {
      reject(cancelled(signal))
      return
    }
    signal?.addEventListener('abort', cancel, { once: true })
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started
        if (signal?.aborted === true) started.abort(cancelled(signal))
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return
        body = responseBody(controller!, () => {
          memory.end()
          signal?.removeEventListener('abort', cancel)
        })
        resolve({ status, headers: joined(headers), body })
      },
      onResponseData(_controller, chunk) {
        // After a pause undici tells of an empty chunk; to pause for that one again would never end.
        if (chunk.length === 0) return
        chunks.add(memory.lend(chunk))
      },
      onResponseEnd() {
        chunks.flush()
        body?.push(null)
      },
      onResponseError(_controller, error) {
        const reason = signal?.aborted === true ? cancelled(signal) : explained(error)
        if (body === undefined) return fail(reason)
        // What came right before it is passed on first, and read by who waits: a line that drops again and again gets on by it.
        chunks.flush()
        setImmediate(fail, reason)
      },
    })
  })
}

/**
 * Chunks as `joinChunks` gives them. In object mode, because `for await` over a byte stream joins whatever has piled up into
 * a new buffer; so the high-water mark counts chunks.
 */
function responseBody(controller: Dispatcher.DispatchController, closed: () => void): Readable {
  const body = new Readable({
    objectMode: true,
    highWaterMark: 2,
    read: () => controller.resume(),
    destroy(error, done) {
      closed()
      if (!body.readableEnded) controller.abort(error ?? new Error('not wanted any more'))
      done(error)
    },
  })
  // A body that nobody reads yet must not end the process when its connection breaks; readers still get the error.
  body.on('error', () => undefined)
  return body
}

function joined(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return result
}
