import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/**
 * SHA-256 off the main thread, so that hashing, reading and writing go on side by side, and the event loop stays free.
 * The bytes must lie in shared memory (`sharedBytes`): nothing is copied.
 */
export interface Sha256 {
  /** Resolves when the bytes have been hashed and may be overwritten; calls are hashed in their order. */
  update(bytes: Uint8Array): Promise<void>
  /** The digest in hexadecimal. Call it once, or `drop`. */
  digest(): Promise<string>
  /** Forgets what was hashed; what comes after it, too. */
  drop(): void
}

/**
 * `joins`: it needs no thread of its own, but goes along with what one hashes already, unless at this moment all are far behind.
 * Each thread takes 12 MB.
 */
export function createSha256({ joins = false }: { joins?: boolean } = {}): Sha256 {
  const lane = joins ? laneToJoin() : laneOfItsOwn()
  lane.hashes += 1
  const id = nextId
  nextId += 1
  let isOpen = true
  const end = (): void => {
    if (isOpen) lane.hashes -= 1
    isOpen = false
  }
  return {
    async update(bytes) {
      if (!isOpen) return
      await ask(lane, { id, bytes })
    },
    async digest() {
      end()
      return await ask(lane, { id, ends: true })
    },
    drop() {
      if (isOpen) ask(lane, { id, ends: true }).catch(() => undefined)
      end()
    },
  }
}

/** Starts the first thread that hashes ahead of its first hash: that takes 70 ms of a processor. */
export function prepareHashing(): void {
  if (lanes.length === 0) startLane()
}

/**
 * Ends the threads that hash, at the end of the program: `process.exit` in Electron crashes while one of them starts. What is
 * still asked of them is never answered.
 */
export async function endHashing(): Promise<void> {
  await Promise.all(lanes.splice(0).map(({ worker }) => worker.terminate()))
}

/** Memory that a worker can see as well. */
export function sharedBytes(sizeBytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(sizeBytes))
}

/**
 * The worker's program is a text, not a file: so it runs from source, from a bundle and from inside an application
 * package alike.
 */
const PROGRAM = `
const { parentPort } = require('node:worker_threads')
const { createHash } = require('node:crypto')
const hashes = new Map()
parentPort.on('message', ({ id, bytes, ends }) => {
  const hash = hashes.get(id) ?? createHash('sha256')
  hashes.set(id, hash)
  if (bytes !== undefined) hash.update(bytes)
  if (ends) hashes.delete(id)
  parentPort.postMessage(ends ? hash.digest('hex') : '')
})`

/** So many pieces wait for a thread that is slower than what brings them, or for a moment was. */
const BACKLOG = 8
const FAST_BYTES_PER_MS = 1e6

interface Lane {
  readonly worker: Worker
  hashes: number
  /** It has started. */
  hasAnswered: boolean
  /** Why it is no more. */
  failure?: unknown
  /** In the order of their questions: a worker answers in order. */
  readonly waiting: { resolve(answer: string): void; reject(error: unknown): void }[]
}

interface Question {
  readonly id: number
  readonly bytes?: Uint8Array
  readonly ends?: true
}

const lanes: Lane[] = []
let nextId = 1

function laneToJoin(): Lane {
  const [lane] = lanes.toSorted(
    (a, b) => a.waiting.length - b.waiting.length || a.hashes - b.hashes,
  )
  return lane && (keepsUp(lane) || !isCoreLeft()) ? lane : startLane()
}

function laneOfItsOwn(): Lane {
  const [lane] = lanes.toSorted((a, b) => a.hashes - b.hashes)
  return lane && (lane.hashes === 0 || !isCoreLeft()) ? lane : startLane()
}

function keepsUp({ waiting, hasAnswered }: Lane): boolean {
  return !hasAnswered || waiting.length < BACKLOG
}

function isCoreLeft(): boolean {
  return lanes.length < availableParallelism()
}

let hashesFast: boolean | undefined

/**
 * Whether one thread is enough for several tarballs: a processor with instructions for SHA-256 does 1.6 GB/s and more,
 * another 0.3 to 0.6. Tried once, which takes 1 to 5 ms.
 */
export function isHashingFast(): boolean {
  hashesFast ??= fastestBytesPerMs() >= FAST_BYTES_PER_MS
  return hashesFast
}

function fastestBytesPerMs(): number {
  const bytes = new Uint8Array(512 * 1024)
  const took = [1, 2, 3].map(() => {
    const beganMs = performance.now()
    createHash('sha256').update(bytes).digest()
    return performance.now() - beganMs
  })
  return bytes.length / Math.min(...took)
}

function startLane(): Lane {
  const worker = new Worker(PROGRAM, { eval: true })
  const lane: Lane = { worker, hashes: 0, hasAnswered: false, waiting: [] }
  // A worker that waits for nothing must not keep the program from ending.
  worker.unref()
  worker.on('message', (answer: string) => {
    lane.hasAnswered = true
    lane.waiting.shift()?.resolve(answer)
    if (lane.waiting.length === 0) worker.unref()
  })
  worker.on('error', (error) => {
    lane.failure = error
    if (lanes.includes(lane)) lanes.splice(lanes.indexOf(lane), 1)
    for (const waiting of lane.waiting.splice(0)) waiting.reject(error)
  })
  lanes.push(lane)
  return lane
}

async function ask(lane: Lane, question: Question): Promise<string> {
  if (lane.failure !== undefined) throw lane.failure
  return await new Promise((resolve, reject) => {
    lane.waiting.push({ resolve, reject })
    lane.worker.ref()
    lane.worker.postMessage(question, [])
  })
}
