import { AppError } from '../api/errors.ts'
import type { HttpResponse } from './http.ts'
import { giveBack } from './read-memory.ts'

/** The whole body of a small answer. Throws AppError `protocol` beyond the bound; `what` names it in that message. */
export async function readBody(
  response: HttpResponse,
  maximumBytes: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maximumBytes) {
      throw new AppError('protocol', `${what} is larger than ${maximumBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return copyOf(chunks)
}

/** Up to `maximumBytes` of a body as text, for messages in error answers; the rest is dropped, errors are an empty text. */
export async function readText(response: HttpResponse, maximumBytes = 64 * 1024): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      length += chunk.length
      chunks.push(chunk)
      if (length >= maximumBytes) break
    }
  } catch {
    return ''
  }
  return copyOf(chunks).subarray(0, maximumBytes).toString('utf8')
}

/** One copy, and the chunks given back: whoever keeps it does not keep the memory that the socket read into. */
export function copyOf(chunks: readonly Uint8Array[]): Buffer {
  const copy = Buffer.concat(chunks)
  for (const chunk of chunks) giveBack(chunk)
  return copy
}
