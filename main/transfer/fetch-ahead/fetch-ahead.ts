import type { Readable } from 'node:stream'
import { dropSpare } from '../../net/read-memory.ts'
import type { BlobOptions, Repository } from '../../registry/client.ts'
import type { Descriptor } from '../../registry/manifest.ts'
import { readableOf } from '../../registry/readable.ts'
import type { Digest } from '../../registry/reference.ts'
import { verified } from '../../registry/verified-stream.ts'
import { Expected } from './expected.ts'
import type { BlobToFetch } from './flow.ts'
import { createPump, type PumpParts } from './pump.ts'

/**
 * Fetches blobs over several connections into bounded memory, and hands each out in order and verified. A fast line is
 * left alone: one request brings a whole blob, as long as more of them bring no more.
 */
export interface FetchAhead {
  /**
   * Names what an image is going to open, in its order, so that it can be fetched ahead; `isNeeded` says whether a digest
   * still has to come over the line. The answer forgets what was not opened.
   */
  expect(blobs: readonly BlobToFetch[], isNeeded: (digest: Digest) => boolean): () => void
  /** Like `Registry.blob`, and ends in the same errors. */
  blob(repository: Repository, descriptor: Descriptor, options?: BlobOptions): Readable
  /** What the line brought in the last minute; undefined where nothing was fetched in that. */
  bytesPerSecond(): number | undefined
}

/** Between two images of a queue there is nothing to fetch for a moment. */
const REST_MS = 5_000

export function createFetchAhead(parts: Omit<PumpParts, 'expected'>): FetchAhead {
  const expected = new Expected()
  const pump = createPump({ ...parts, expected })
  let resting: NodeJS.Timeout | undefined

  async function* open(
    blob: BlobToFetch,
    startByte: number,
    onBytes?: (bytes: number) => void,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const flow = pump.open(blob, startByte)
    const cancel = (): void => flow.fail(signal?.reason)
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      yield* flow.read((bytes, segment) => {
        pump.took(bytes, segment)
        if (bytes > 0) onBytes?.(bytes)
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
      pump.close(flow)
    }
  }

  return {
    bytesPerSecond: () => pump.bytesPerSecond,

    expect(blobs, isNeeded) {
      const image = expected.add(blobs, isNeeded)
      clearTimeout(resting)
      pump.start()
      return () => {
        expected.remove(image)
        pump.forget(image.flows)
        if (!expected.isEmpty) return
        pump.stop()
        resting = setTimeout(dropSpare, REST_MS).unref()
      }
    },

    blob: (repository, descriptor, options = {}) =>
      readableOf((signal) => {
        const { digest, size: sizeBytes } = descriptor
        const name = `${repository.registry}/${repository.repository}`
        const { offset = 0, hasher = options.hasher } = options.from ?? {}
        const source = open({ repository, descriptor }, offset, options.onBytes, signal)
        const whole = { digest, sizeBytes, name }
        return verified(source, whole, { offset, ...(hasher && { hasher }) })
      }, options.signal),
  }
}
