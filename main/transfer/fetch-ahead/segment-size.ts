import type { MeterWindow } from './line-meter.ts'

export const LEAST_SEGMENT_BYTES = 512 * 1024
const MOST_SEGMENT_BYTES = 4 * 1024 * 1024
/** Long enough to be worth a request. */
const SEGMENT_SECONDS = 0.4

/**
 * How much one request is to bring: what a connection brings in 0.4 s, when so many requests share the line; no more than
 * `roomBytes`, unless that is hardly worth a request. Pure.
 */
export function segmentSize(
  { bytes, seconds }: MeterWindow,
  requests: number,
  roomBytes: number,
): number {
  const each = (bytes / seconds / Math.max(1, requests)) * SEGMENT_SECONDS
  return Math.round(Math.max(LEAST_SEGMENT_BYTES, Math.min(MOST_SEGMENT_BYTES, roomBytes, each)))
}
