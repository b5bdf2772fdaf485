import type { Readable } from 'node:stream'
import type { BlobOptions, Repository } from '../../registry/client.ts'
import type { Wanted } from '../../registry/content-range.ts'
import type { Descriptor } from '../../registry/manifest.ts'
import { readableOf } from '../../registry/readable.ts'
import type { Digest } from '../../registry/reference.ts'
import { verified } from '../../registry/verified-stream.ts'
import { Flow, type Segment } from './flow.ts'

export interface BlobToFetch {
  readonly repository: Repository
  readonly descriptor: Descriptor
}

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
}

export interface FetchAheadParts {
  /** Bytes of a blob in order, surviving dropped lines: `Registry.range`. */
  readonly range: (
    blob: BlobToFetch,
    range: Wanted,
    options: { readonly signal: AbortSignal; readonly onWhole: () => void },
  ) => Readable
  readonly connections: Connections
}

/** How many requests may run at once, which follows from what they bring. */
export interface Connections {
  readonly allowed: number
  readonly most: number
  /** What came in a stretch of time, and for which share of it the readers waited for more. */
  tell(bytes: number, seconds: number, starvedShare: number): void
}

/** Memory for what comes ahead of its reader, over all blobs. */
const MOST_AHEAD_BYTES = 32 * 1024 * 1024
/** A request without reserved memory may run so far ahead of its reader. */
const CLOSE_BYTES = 256 * 1024
/** A segment is what a connection brings in this time: long enough to be worth its request. */
const SEGMENT_SECONDS = 0.2
const LEAST_SEGMENT_BYTES = 512 * 1024
const MOST_SEGMENT_BYTES = 2 * 1024 * 1024
const WINDOW_MS = 250

export function createFetchAhead({ range, connections }: FetchAheadParts): FetchAhead {
  const opened = new Set<Flow>()
  const ahead = new Set<Flow>()
  const expected = new Set<Expected>()
  let running = 0
  let reservedBytes = 0
  let segmentBytes = LEAST_SEGMENT_BYTES
  let windowBytes = 0
  let tickedAt = 0
  let ticking: NodeJS.Timeout | undefined
  /** Registries that send a whole blob whatever is asked for: cut up, it would come many times. */
  const wholeOnly = new Set<string>()

  /** Starts requests while there are connections, memory and something to ask for. */
  const pump = (): void => {
    for (const flow of opened) if (needsAll(flow)) startWhole(flow)
    // With one connection for good, nothing is fetched that a sudden end could lose.
    if (connections.most === 1) return
    while (running < connections.allowed + spare() && startSegment());
  }

  /** What is being read never waits for what is fetched ahead; and alone, one request brings all the rest. */
  const needsAll = (flow: Flow): boolean =>
    !flow.isCovered &&
    flow.bytesToCome() < (connections.allowed === 1 ? Math.min(segmentBytes, CLOSE_BYTES) : 1)

  /** The next blob is asked for while the last bytes of this one come, or the line would be idle in between. */
  const spare = (): number => {
    let bytesToCome = 0
    for (const flow of opened) bytesToCome += flow.isCovered ? flow.bytesToCome() : segmentBytes
    return bytesToCome < segmentBytes ? 1 : 0
  }

  const startWhole = (flow: Flow): void => {
    void run(flow, flow.add(flow.blob.descriptor.size))
  }

  const startSegment = (): boolean => {
    if (reservedBytes + 2 * segmentBytes > MOST_AHEAD_BYTES) return false
    const flow = [...opened, ...ahead].find((each) => hasMore(each)) ?? takeExpected()
    if (flow === undefined) return false
    const { nextByte, blob } = flow
    const endByte = Math.min(blob.descriptor.size, nextByte + segmentBytes)
    reservedBytes += endByte - nextByte
    void run(flow, flow.add(endByte, endByte - nextByte))
    return true
  }

  /** Whether there is something left to ask for; a request for a long rest gives most of it up. */
  const hasMore = (flow: Flow): boolean => {
    if (wholeOnly.has(flow.blob.repository.registry)) return false
    if (!flow.isCovered) return true
    const last = flow.segments.at(-1)
    if (last === undefined || last.reservedBytes !== undefined) return false
    if (last.endByte - last.position < 3 * segmentBytes) return false
    last.endByte = last.position + segmentBytes
    last.reservedBytes = last.bufferedBytes + segmentBytes
    reservedBytes += last.reservedBytes
    flow.nextByte = last.endByte
    return true
  }

  const takeExpected = (): Flow | undefined => {
    for (const { blobs, isNeeded, flows } of expected) {
      for (let blob = blobs.shift(); blob !== undefined; blob = blobs.shift()) {
        const { digest } = blob.descriptor
        if (!isNeeded(digest) || find(opened, digest) || find(ahead, digest)) continue
        if (wholeOnly.has(blob.repository.registry)) continue
        const flow = new Flow(blob, 0)
        flows.push(flow)
        ahead.add(flow)
        return flow
      }
    }
    return undefined
  }

  const run = async (flow: Flow, segment: Segment): Promise<void> => {
    running += 1
    try {
      const { startByte, endByte } = segment
      const stream = range(
        flow.blob,
        { startByte, endByte },
        {
          signal: flow.stop.signal,
          onWhole: () => void wholeOnly.add(flow.blob.repository.registry),
        },
      )
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        windowBytes += chunk.length
        const before = segment.endByte - segment.position
        if (!flow.push(segment, chunk)) break
        if (before >= segmentBytes && before - chunk.length < segmentBytes) pump()
        if (segment.reservedBytes === undefined && segment.bufferedBytes > CLOSE_BYTES) {
          await flow.taken()
        }
      }
    } catch (error) {
      flow.fail(error)
    }
    running -= 1
    pump()
  }

  const took = (bytes: number, segment: Segment): void => {
    if (segment.reservedBytes !== undefined) {
      segment.reservedBytes -= bytes
      reservedBytes -= bytes
    }
    if (bytes === 0) pump()
  }

  const drop = (flow: Flow): void => {
    opened.delete(flow)
    ahead.delete(flow)
    flow.leave()
    for (const segment of flow.segments.splice(0)) {
      reservedBytes -= segment.reservedBytes ?? 0
      segment.reservedBytes = undefined
    }
  }

  const tick = (): void => {
    const now = performance.now()
    const seconds = (now - tickedAt) / 1000
    tickedAt = now
    const starved = [...opened].map((flow) => flow.takeStarvedMs() / 1000 / seconds)
    const share = starved.reduce((sum, each) => sum + each, 0) / Math.max(1, starved.length)
    connections.tell(windowBytes, seconds, share)
    const each = (windowBytes / seconds / Math.max(1, running)) * SEGMENT_SECONDS
    segmentBytes = Math.round(clamp(each, LEAST_SEGMENT_BYTES, MOST_SEGMENT_BYTES))
    windowBytes = 0
    pump()
  }

  async function* open(
    blob: BlobToFetch,
    startByte = 0,
    onBytes?: (bytes: number) => void,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const known = startByte === 0 ? find(ahead, blob.descriptor.digest) : undefined
    const flow = known ?? new Flow(blob, startByte)
    const cancel = (): void => flow.fail(signal?.reason)
    signal?.addEventListener('abort', cancel, { once: true })
    ahead.delete(flow)
    opened.add(flow)
    try {
      pump()
      yield* flow.read((bytes, segment) => {
        took(bytes, segment)
        if (bytes > 0) onBytes?.(bytes)
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
      drop(flow)
      pump()
    }
  }

  return {
    expect(blobs, isNeeded) {
      const entry: Expected = { blobs: [...blobs], isNeeded, flows: [] }
      expected.add(entry)
      if (ticking === undefined) {
        tickedAt = performance.now()
        windowBytes = 0
        ticking = setInterval(tick, WINDOW_MS).unref()
      }
      return () => {
        expected.delete(entry)
        if (expected.size === 0) {
          clearInterval(ticking)
          ticking = undefined
        }
        for (const flow of entry.flows) if (ahead.has(flow)) drop(flow)
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

interface Expected {
  /** Not asked for yet. */
  readonly blobs: BlobToFetch[]
  readonly isNeeded: (digest: Digest) => boolean
  /** Asked for ahead. */
  readonly flows: Flow[]
}

function find(flows: ReadonlySet<Flow>, digest: Digest): Flow | undefined {
  return [...flows].find((flow) => flow.blob.descriptor.digest === digest)
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
