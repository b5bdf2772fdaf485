import type { Wanted } from '../../registry/content-range.ts'
import type { Digest } from '../../registry/reference.ts'
import type { Connections } from './connections.ts'
import type { Expected } from './expected.ts'
import { Flow, type BlobToFetch, type Segment } from './flow.ts'
import { LineMeter } from './line-meter.ts'
import { Memory } from './memory.ts'
import { LEAST_SEGMENT_BYTES, segmentSize } from './segment-size.ts'

/** Starts requests for what is being read, and ahead of it while there are connections and memory. */
export interface Pump {
  /** What the line brought in the last minute; undefined where nothing was fetched in that. */
  readonly bytesPerSecond: number | undefined
  /** The flow of a blob that is read from now on: the one that was begun ahead, or a new one. */
  open(blob: BlobToFetch, startByte: number): Flow
  /** The reader has taken bytes of a stretch; 0 when it is finished. */
  took(bytes: number, segment: Segment): void
  /** Nobody reads it any more. */
  close(flow: Flow): void
  /** Gives up those that nobody has opened. */
  forget(flows: readonly Flow[]): void
  /** Measures the line, and fits the number and the size of the requests to it. No effect while it does. */
  start(): void
  stop(): void
}

export interface PumpParts {
  /** Bytes of a blob in order, surviving dropped lines: `Registry.range`. */
  readonly range: (
    blob: BlobToFetch,
    range: Wanted,
    options: { readonly signal: AbortSignal; readonly onWhole: () => void },
  ) => AsyncIterable<Uint8Array>
  readonly connections: Connections
  readonly expected: Expected
}

/** A request without reserved memory waits for its reader when more than so much lies there. */
const CLOSE_BYTES = 256 * 1024
const SMALL_REST_BYTES = 4 * 1024 * 1024

export function createPump({ range, connections, expected }: PumpParts): Pump {
  const opened = new Set<Flow>()
  const ahead = new Set<Flow>()
  const memory = new Memory()
  let running = 0
  /** How long the readers waited in this window that have left meanwhile. */
  let starvedMs = 0
  let segmentBytes = LEAST_SEGMENT_BYTES
  /** Registries that send a whole blob whatever is asked for: cut up, it would come many times. */
  const wholeOnly = new Set<string>()

  const pump = (): void => {
    for (const flow of opened) if (needsAll(flow)) void run(flow, flow.addRest())
    // With one connection for good, nothing is fetched that a sudden end could lose.
    if (connections.most === 1) return
    while (running < connections.allowed + spare() && startSegment());
  }

  /** What is being read never waits for what is fetched ahead; and one connection brings all the rest with one request. */
  const needsAll = (flow: Flow): boolean =>
    !flow.isCovered &&
    flow.bytesToCome() < (connections.allowed === 1 ? Math.min(segmentBytes, CLOSE_BYTES) : 1)

  /** The next blob is asked for while the last bytes of this one come, or the line would be idle in between. */
  const spare = (): number => {
    if (connections.isCareful) return 0
    let bytesToCome = 0
    for (const flow of opened) bytesToCome += flow.isCovered ? flow.bytesToCome() : segmentBytes
    return bytesToCome < segmentBytes ? 1 : 0
  }

  const startSegment = (): boolean => {
    if (!memory.hasRoomFor(2 * segmentBytes)) return false
    const flow = [...opened, ...ahead].find((each) => hasMore(each)) ?? takeExpected()
    if (flow === undefined) return false
    const isAlone = connections.allowed === 1
    const segment = isAlone ? flow.addRest() : flow.add(segmentBytes)
    const bytes = segment.endByte - segment.startByte
    // A small rest is not held up: what the line brought of it would lie in the system's buffers, and not be measured.
    const isSmall = bytes <= SMALL_REST_BYTES && memory.hasRoomFor(bytes)
    if (!isAlone || isSmall) memory.setAside(segment, bytes)
    void run(flow, segment)
    return true
  }

  /** Whether there is something left to ask for; a request for a long rest gives most of it up. */
  const hasMore = (flow: Flow): boolean => {
    if (wholeOnly.has(flow.blob.repository.registry)) return false
    if (!flow.isCovered) return true
    if (connections.allowed === 1) return false
    const cut = flow.cutRest(segmentBytes)
    if (cut) memory.setAside(cut, cut.bufferedBytes + segmentBytes)
    return cut !== undefined
  }

  const takeExpected = (): Flow | undefined => {
    const flow = expected.next(({ repository, descriptor: { digest } }) => {
      const isUnderWay = find(opened, digest) ?? find(ahead, digest)
      return isUnderWay === undefined && !wholeOnly.has(repository.registry)
    })
    if (flow) ahead.add(flow)
    return flow
  }

  const run = async (flow: Flow, segment: Segment): Promise<void> => {
    running += 1
    try {
      const { startByte, endByte } = segment
      const onWhole = (): void => void wholeOnly.add(flow.blob.repository.registry)
      const { signal } = flow.stop
      const stream = range(flow.blob, { startByte, endByte }, { signal, onWhole })
      for await (const chunk of stream) {
        meter.add(chunk.length)
        const before = segment.endByte - segment.position
        if (!flow.push(segment, chunk)) break
        if (before >= segmentBytes && before - chunk.length < segmentBytes) pump()
        while (isFarAhead(segment) && !signal.aborted) await flow.taken()
      }
    } catch (error) {
      flow.fail(error)
    }
    running -= 1
    pump()
  }

  const drop = (flow: Flow): void => {
    if (opened.delete(flow)) starvedMs += flow.takeStarvedMs()
    ahead.delete(flow)
    flow.leave()
    for (const segment of flow.segments.splice(0)) memory.release(segment)
  }

  const meter = new LineMeter(
    () => running > 0,
    (window) => {
      for (const flow of opened) starvedMs += flow.takeStarvedMs()
      const share = starvedMs / 1000 / window.seconds / Math.max(1, opened.size)
      starvedMs = 0
      connections.tell(window, share)
      segmentBytes = segmentSize(window, running, memory.shareOf(connections.allowed))
      pump()
    },
  )

  return {
    get bytesPerSecond() {
      return meter.bytesPerSecond
    },
    open(blob, startByte) {
      const known = startByte === 0 ? find(ahead, blob.descriptor.digest) : undefined
      const flow = known ?? new Flow(blob, startByte)
      ahead.delete(flow)
      opened.add(flow)
      if (startByte > 0) connections.goOn()
      pump()
      return flow
    },
    took(bytes, segment) {
      memory.took(segment, bytes)
      if (bytes === 0) pump()
    },
    close(flow) {
      drop(flow)
      pump()
    },
    forget(flows) {
      for (const flow of flows) if (ahead.has(flow)) drop(flow)
    },
    start: () => meter.start(),
    stop: () => meter.stop(),
  }
}

function find(flows: ReadonlySet<Flow>, digest: Digest): Flow | undefined {
  return [...flows].find((flow) => flow.blob.descriptor.digest === digest)
}

function isFarAhead({ reservedBytes, bufferedBytes }: Segment): boolean {
  return reservedBytes === undefined && bufferedBytes > CLOSE_BYTES
}
