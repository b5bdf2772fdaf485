import type { WriteProgress } from '../archive/write.ts'
import { formatBytes, formatDuration } from '../format.ts'

const BAR = 20

/** What a terminal of 80 columns leaves for the name beside the numbers, and where there is room for a bar as well. */
const NUMBERS = 56
const WIDE = 100

/** One line of progress, cut to the width of the terminal. */
export function progressLine(name: string, state: LineState, columns: number): string {
  const room = Math.max(12, columns - 1 - NUMBERS - (columns >= WIDE ? BAR + 1 : 0))
  const shown = name.length > room ? `…${name.slice(1 - room)}` : name.padEnd(room)
  const [first = '', ...more] = stateInWords(state, columns >= WIDE)
  let line = `${shown} ${first}`
  for (const part of more) if (line.length + part.length < columns) line += part
  return line.slice(0, columns - 1)
}

/** What is left out where the terminal is narrow comes last. */
function stateInWords(state: LineState, isWide: boolean): string[] {
  const { bytes, totalBytes, bytesPerSecond, doing, flushingBytes, checked } = state
  if (checked !== undefined) {
    return [
      `checking what is there: ${formatBytes(checked.doneBytes)} of ${formatBytes(checked.totalBytes)}`,
    ]
  }
  if (doing !== undefined) return [doing]
  if (flushingBytes !== undefined) {
    return [
      flushingBytes > 0 ? `flushing to the drive, ${formatBytes(flushingBytes)} left` : 'finishing',
    ]
  }
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes)
  const bar = isWide ? `${'█'.repeat(Math.floor(share * BAR)).padEnd(BAR, '░')} ` : ''
  const done = `${String(Math.floor(share * 100)).padStart(3)}%  ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`
  const rate = bytesPerSecond ? `  ${formatBytes(bytesPerSecond)}/s` : ''
  const left =
    bytesPerSecond && bytes < totalBytes
      ? `  ${formatDuration((totalBytes - bytes) / bytesPerSecond)} left`
      : ''
  return [`${bar}${done}`, rate, left]
}

export interface LineState {
  readonly bytes: number
  readonly totalBytes: number
  readonly bytesPerSecond?: number | undefined
  /** What goes on, while there is nothing to count. */
  readonly doing?: string | undefined
  /** Still on its way from memory to the medium, once all has come. */
  readonly flushingBytes?: number | undefined
  /** Of what an earlier run wrote, while that is read again. */
  readonly checked?: WriteProgress['checked']
}
