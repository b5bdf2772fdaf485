import type { Place } from './places.ts'

export type Phase =
  | 'waiting'
  | 'resolving'
  /** An engine is: the source is Docker. */
  | 'pulling'
  /** What an engine pulled is written from there. */
  | 'saving'
  /** What an earlier run wrote is read again. */
  | 'checking'
  | 'downloading'
  /** The drive is: it goes on when there is room. */
  | 'full'
  | 'flushing'
  | 'verifying'
  | 'done'
  | 'paused'
  | 'failed'
  | 'cancelled'

export type TransferRow = {
  id: string
  reference: string
  platform: string
  place: Place
  phase: Phase
  /** As the plan had it; totals are counted in these. */
  plannedBytes: number
  /** How much of its way is behind it, from 0 to 1. Through Docker the pull is the first half and the save the second. */
  share: number
  /** Of the step it is at. */
  sizeBytes: number
  writtenBytes: number
  durableBytes: number
  fetchedBytes: number
  /** Read back so far; only while it is verified. */
  verifiedBytes?: number
  bytesPerSecond?: number
  secondsLeft?: number
  layers: { digest: string; sizeBytes: number; doneBytes: number }[]
  /** What it waits for beyond its turn: another process that writes into the same folder. */
  waitsFor?: string
  failure?: {
    code: string
    message: string
    hint?: string
    ways: ('retry' | 'choose-folder' | 'open-page' | 'enter-key')[]
    page?: string
  }
  file?: string
}

export type TransfersView = {
  rows: TransferRow[]
  totalBytes: number
  doneBytes: number
  bytesPerSecond?: number
  secondsLeft?: number
  /** The last two minutes, oldest first, one a second. */
  speedHistory: number[]
  isPaused: boolean
  /** Places whose every transfer is done and on the medium. */
  safe: { place: Place; canEject: boolean }[]
  isOffline: boolean
}
