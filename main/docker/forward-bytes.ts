import { AppError } from '../api/errors.ts'
import { copyOf } from '../net/body.ts'
import { giveBack } from '../net/read-memory.ts'

/** A stream read by offsets that only grow: what lies between is passed over, and its memory given back; nothing is kept. */
export class ForwardBytes {
  readonly #source: AsyncIterator<unknown>
  #chunk: Uint8Array = new Uint8Array()
  #position = 0

  constructor(stream: AsyncIterable<unknown>) {
    this.#source = stream[Symbol.asyncIterator]()
  }

  /** So many bytes from there; fewer at the end. */
  readonly read = async (position: number, length: number): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = []
    for await (const piece of this.bytes(position, length)) pieces.push(piece)
    return copyOf(pieces)
  }

  /** The same as a stream, ending early where the source does; what it lent is the reader's to give back. */
  async *bytes(position: number, length: number): AsyncGenerator<Uint8Array> {
    if (position < this.#position) throw new RangeError('a stream cannot be read backwards')
    while (this.#position < position) {
      const piece = await this.#take(position - this.#position)
      if (piece === undefined) return
      giveBack(piece)
    }
    for (let left = length; left > 0;) {
      const piece = await this.#take(left)
      if (piece === undefined) return
      left -= piece.length
      yield piece
    }
  }

  /** Reads what is left, so that whoever sends it comes to its end. */
  async drain(): Promise<void> {
    for (;;) {
      const piece = await this.#take(Number.MAX_SAFE_INTEGER)
      if (piece === undefined) return
      giveBack(piece)
    }
  }

  async #take(most: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next()
      if (next.done === true) return undefined
      if (!(next.value instanceof Uint8Array)) {
        throw new AppError('protocol', 'The stream is not one of bytes.')
      }
      this.#chunk = next.value
    }
    const piece = this.#chunk.subarray(0, most)
    this.#chunk = this.#chunk.subarray(piece.length)
    this.#position += piece.length
    return piece
  }
}
