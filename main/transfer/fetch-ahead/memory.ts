import type { Segment } from './flow.ts'

const MOST_BYTES = 32 * 1024 * 1024

/** Memory for what comes ahead of its reader, over all blobs: set aside before it is asked for. */
export class Memory {
  #setAsideBytes = 0

  hasRoomFor(bytes: number): boolean {
    return this.#setAsideBytes + bytes <= MOST_BYTES
  }

  /** What each of so many stretches may take, so that all of them find room, and one to spare. */
  shareOf(stretches: number): number {
    return Math.floor(MOST_BYTES / (stretches + 1))
  }

  setAside(segment: Segment, bytes: number): void {
    segment.reservedBytes = bytes
    this.#setAsideBytes += bytes
  }

  /** The reader has taken so much of it. */
  took(segment: Segment, bytes: number): void {
    if (segment.reservedBytes === undefined) return
    segment.reservedBytes -= bytes
    this.#setAsideBytes -= bytes
  }

  /** Nobody reads it any more. */
  release(segment: Segment): void {
    this.#setAsideBytes -= segment.reservedBytes ?? 0
    segment.reservedBytes = undefined
  }
}
