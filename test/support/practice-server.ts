import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { MadeImage } from '../../main/sandbox/image.ts'
import { serve, type SeenRequest } from './server.ts'

/** A registry of one image without a login, which sends slowly, counts what it sends, and may drop its lines. */
export interface PracticeServer {
  readonly url: URL
  readonly reference: string
  /** Bytes of blobs that were sent so far. */
  readonly sentBytes: () => number
  /** Ends every line after so many more bytes of blobs; without a number none any more. */
  dropAfter(bytes?: number): void
  /**
   * Calls when so many bytes of blobs were sent in all, to end their reader, and sends no more on any line. It gets slow
   * just before: what is lost is what is on its way, and that should be little also where the machine is busy.
   */
  reached(bytes: number, call: () => void): void
  /** 0 for as fast as it goes. */
  bytesPerSecond: number
}

const CHUNK_BYTES = 16 * 1024
const SLOW_BYTES = 600_000
const SLOW_BYTES_PER_SECOND = 3_000_000

export async function servePractice(image: MadeImage, bytesPerSecond = 0): Promise<PracticeServer> {
  const blobs = new Map(
    [image.config, ...image.layers].map(({ descriptor, bytes }) => [
      descriptor.digest as string,
      bytes,
    ]),
  )
  const lines = new Set<ServerResponse>()
  let sentBytes = 0
  let dropAt = Number.POSITIVE_INFINITY
  let awaited: { bytes: number; call: () => void } | undefined
  const server = await serve(async ({ url, headers }, response) => {
    const bytes = blobs.get(url.split('/blobs/')[1] ?? '')
    if (url === '/v2/') response.end('{}')
    else if (url.includes('/manifests/')) {
      const { descriptor, bytes: manifest } = image.manifest
      const isWanted = /\/manifests\/(?:1|sha256:.*)$/.test(url)
      if (!isWanted || (url.includes('sha256') && !url.endsWith(descriptor.digest))) {
        response.writeHead(404).end('{}')
        return
      }
      response.writeHead(200, {
        'content-type': descriptor.mediaType,
        'docker-content-digest': descriptor.digest,
      })
      response.end(manifest)
    } else if (bytes === undefined) response.writeHead(404).end('{}')
    else {
      const range = rangeOf(headers, bytes.length)
      const { start, end } = range ?? { start: 0, end: bytes.length }
      response.writeHead(range === undefined ? 200 : 206, {
        'content-length': end - start,
        ...(range && { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }),
      })
      lines.add(response)
      response.once('close', () => lines.delete(response))
      let dueMs = performance.now()
      for (let at = start; at < end && !response.destroyed; at += CHUNK_BYTES) {
        const chunk = bytes.subarray(at, Math.min(end, at + CHUNK_BYTES))
        if (sentBytes + chunk.length > dropAt) {
          response.destroy()
          return
        }
        await new Promise((resolve) => {
          response.write(chunk, resolve)
        })
        sentBytes += chunk.length
        if (awaited !== undefined && sentBytes >= awaited.bytes) {
          awaited.call()
          awaited = undefined
          // A process that was killed takes its time to go: what is sent meanwhile is nobody's.
          for (const line of lines) line.destroy()
          return
        }
        const isSlow = awaited !== undefined && awaited.bytes - sentBytes < SLOW_BYTES
        const rate = isSlow ? SLOW_BYTES_PER_SECOND : practice.bytesPerSecond
        const now = performance.now()
        dueMs = Math.max(dueMs, now - 10) + (rate === 0 ? 0 : (chunk.length / rate) * 1000)
        if (dueMs - now > 1) await wait(dueMs - now)
      }
      response.end()
    }
  })
  onTestFinished(() => server.close())
  const practice: PracticeServer = {
    url: server.url,
    reference: `${server.host}/practice/image:1`,
    sentBytes: () => sentBytes,
    dropAfter: (bytes) =>
      void (dropAt = bytes === undefined ? Number.POSITIVE_INFINITY : sentBytes + bytes),
    reached: (bytes, call) => void (awaited = { bytes, call }),
    bytesPerSecond,
  }
  return practice
}

/** The end is the byte after the last. */
function rangeOf(
  headers: SeenRequest['headers'],
  sizeBytes: number,
): { start: number; end: number } | undefined {
  const [, start, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
  if (start === undefined) return undefined
  return { start: Number(start), end: last ? Math.min(sizeBytes, Number(last) + 1) : sizeBytes }
}
