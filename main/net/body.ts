import { AppError } from '../api/errors.ts'
import type { HttpResponse } from './http.ts'

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
  // A copy: whoever keeps it shall not keep the memory that the socket read into.
  return Buffer.concat(chunks, length)
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
  return Buffer.concat(chunks).subarray(0, maximumBytes).toString('utf8')
}
