import type { WriteProgress } from '../archive/write.ts'
import type { FetchAhead } from './fetch-ahead/fetch-ahead.ts'
import type { HeldBlobs } from './held-blobs.ts'

/** What saving an image needs beside the image. */
export interface SaveParts {
  /** What is not in the destination comes from there. */
  readonly source: Pick<FetchAhead, 'expect' | 'blob'>
  /** What the line brings; undefined where that is not known, or where nothing is to be fetched that the drive holds. */
  readonly lineBytesPerSecond?: (() => number | undefined) | undefined
  readonly held: HeldBlobs
  readonly folder: string
  readonly maxFileSizeBytes?: number | undefined
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined
  /** Bytes that came over the line. */
  readonly onFetched?: ((bytes: number) => void) | undefined
  /** The drive is full, and so many bytes are missing; it goes on by itself. Without it, a full drive is a failure. */
  readonly onWaiting?: ((missingBytes: number) => void) | undefined
  /** What the user should know, and it goes on. */
  readonly onWarned?: ((message: string) => void) | undefined
  /** Reads again what an earlier run wrote, instead of trusting its journal. */
  readonly check?: boolean | undefined
}
