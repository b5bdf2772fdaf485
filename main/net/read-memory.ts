import type { OnReadOpts, Socket } from 'node:net'

/**
 * Four times what Node itself takes for a read: fewer and larger chunks take 8 % less of the processor over plain HTTP. Several
 * small reads share it, as TLS gives them, so that they hold little more than they fill and can be joined.
 */
const BLOCK_BYTES = 256 * 1024
/** With less room left a read would be a small one: what is left stays empty. */
export const LEAST_ROOM_BYTES = 16 * 1024
/** 32 MiB: what may lie in front of slow readers, and is read into again as they take it. */
const MOST_SPARE = 128
/** 4 MiB: what is kept for the next reads when all readers have what they wanted. */
const IDLE_SPARE = 16

/** As much as is read from a drive at once. */
export const PIECE_BYTES = 1024 * 1024
const MOST_SPARE_PIECES = 8

interface Block {
  readonly bytes: Buffer
  readonly shelf: Shelf
  /** Filled, and somebody may still look at it. */
  heldBytes: number
  /** Where the bytes end that were lent last. */
  lentEnd: number
  /** Nothing is read into it any more. */
  isFull: boolean
}

/** Where blocks of one size wait to be used again. */
interface Shelf {
  readonly blockBytes: number
  readonly most: number
  readonly spare: Block[]
}

const blocks = new WeakMap<ArrayBufferLike, Block>()
const reads: Shelf = { blockBytes: BLOCK_BYTES, most: MOST_SPARE, spare: [] }
const pieces: Shelf = { blockBytes: PIECE_BYTES, most: MOST_SPARE_PIECES, spare: [] }
/** What the last read left of its block: its socket asks for memory right after, before any other can. */
let rest: Uint8Array | undefined

/**
 * `onread` of a socket: it reads into memory that is used again, where Node would take new memory for each read. New memory is
 * dear where the system has to map and clear it: Electron took 3.5 s for 480 MB from loopback, and takes 0.6 s so; Node 0.55
 * and 0.4. What nobody gives back is left to the garbage collector, so only readers of much need to.
 */
export const readMemory: OnReadOpts = {
  buffer() {
    const room = rest ?? take(reads).bytes
    rest = undefined
    return room
  },
  callback(this: Socket, sizeBytes: number, room: Uint8Array) {
    const block = blocks.get(room.buffer)
    if (block) block.heldBytes += sizeBytes
    const wantsMore = this.push(room.subarray(0, sizeBytes))
    if (room.length - sizeBytes >= LEAST_ROOM_BYTES) rest = room.subarray(sizeBytes)
    else if (block) fill(block)
    return wantsMore
  },
}

/** Memory for one piece of up to `PIECE_BYTES` from a drive, with whatever it held before. */
export function pieceMemory(sizeBytes: number): Uint8Array {
  const block = take(pieces)
  block.heldBytes = sizeBytes
  block.isFull = true
  return block.bytes.subarray(0, sizeBytes)
}

/** What the chunks of one body lie in. */
export class BodyMemory {
  /** What is copied into; it is this body's alone, so that no slower reader holds it. */
  #block: Block | undefined
  /** Of that block. */
  #usedBytes = 0
  /** Memory of Node's whose bytes were copied. */
  #emptied: ArrayBufferLike[] = []

  /**
   * Lends the next bytes of the body to its reader, until `giveBack`; the answer is where they lie. What was read before
   * them, like the headers, nobody looks at any more. Through a proxy's tunnel Node reads into new memory, 16 KiB at a
   * time: such bytes are copied, so that few chunks are many bytes, and their memory is gone with this turn of the event
   * loop where nothing else was in it.
   */
  lend(chunk: Uint8Array): Uint8Array {
    const block = blocks.get(chunk.buffer)
    if (block === undefined) return this.#copy(chunk)
    block.heldBytes -= chunk.byteOffset - block.lentEnd
    block.lentEnd = chunk.byteOffset + chunk.length
    return chunk
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#block) fill(this.#block)
    this.#block = undefined
  }

  #copy(chunk: Uint8Array): Uint8Array {
    if (chunk.length > BLOCK_BYTES) return chunk
    if (this.#usedBytes + chunk.length > BLOCK_BYTES) this.end()
    if (this.#block === undefined) {
      this.#block = take(reads)
      this.#usedBytes = 0
    }
    const { bytes } = this.#block
    bytes.set(chunk, this.#usedBytes)
    const copy = bytes.subarray(this.#usedBytes, this.#usedBytes + chunk.length)
    this.#usedBytes += chunk.length
    this.#block.heldBytes += chunk.length
    if (BLOCK_BYTES - this.#usedBytes < LEAST_ROOM_BYTES) this.end()
    if (chunk.length === chunk.buffer.byteLength) this.#freeSoon(chunk.buffer)
    return copy
  }

  #freeSoon(memory: ArrayBufferLike): void {
    if (this.#emptied.length === 0) setImmediate(() => this.#emptied.splice(0).forEach(free))
    this.#emptied.push(memory)
  }
}

/** Says that nobody looks at these bytes any more, each of them once: others take their place. No effect on other memory. */
export function giveBack(chunk: Uint8Array): void {
  const block = blocks.get(chunk.buffer)
  if (block === undefined) return
  block.heldBytes -= chunk.length
  if (block.isFull) reuse(block)
}

/** Says that nobody reads much for now: most of the spare memory is let go. */
export function dropSpare(): void {
  reads.spare.length = Math.min(reads.spare.length, IDLE_SPARE)
}

function take(shelf: Shelf): Block {
  const known = shelf.spare.pop()
  if (known) return known
  const bytes = Buffer.from(new ArrayBuffer(shelf.blockBytes))
  const block = { bytes, shelf, heldBytes: 0, lentEnd: 0, isFull: false }
  blocks.set(bytes.buffer, block)
  return block
}

/** Nothing is read into it any more. */
function fill(block: Block): void {
  block.isFull = true
  reuse(block)
}

/** Puts it where it is taken again, once nobody holds any of it. */
function reuse(block: Block): void {
  if (block.heldBytes > 0) return
  block.heldBytes = 0
  block.isFull = false
  block.lentEnd = 0
  const { spare, most } = block.shelf
  if (spare.length < most) spare.push(block)
}

/** At once; by Node 20 only when the garbage collector comes to it. */
function free(memory: ArrayBufferLike & { transfer?(newLength: number): unknown }): void {
  memory.transfer?.(0)
}
