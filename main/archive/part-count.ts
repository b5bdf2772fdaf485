import { AppError } from '../api/errors.ts'
import { formatBytes } from '../format.ts'
import { MOST_PARTS } from './name.ts'

/** Throws AppError `usage` where files would be so small that a tarball had more parts than their names have numbers. */
export function checkPartCount(sizeBytes: number, largestFileBytes: number): void {
  if (largestFileBytes >= 1 && sizeBytes / largestFileBytes <= MOST_PARTS) return
  throw new AppError(
    'usage',
    `Files of ${formatBytes(largestFileBytes)} would make more than ${MOST_PARTS} parts.`,
    { hint: 'Allow larger files.' },
  )
}
