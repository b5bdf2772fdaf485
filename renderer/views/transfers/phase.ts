import type { Phase, TransferRow } from '../../../main/api/shapes.ts'

/** What a phase is called on the screen. */
export const phaseWords: Record<Phase, string> = {
  waiting: 'Waiting',
  resolving: 'Resolving',
  pulling: 'Docker is pulling',
  checking: 'Checking what is there',
  downloading: 'Downloading',
  full: 'Paused: the drive is full',
  flushing: 'Flushing to the drive',
  verifying: 'Reading back',
  done: 'Done',
  paused: 'Paused',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** Whether work goes on, or will without being asked. */
export function isRunning(phase: Phase): boolean {
  return (
    phase === 'waiting' ||
    phase === 'resolving' ||
    phase === 'pulling' ||
    phase === 'checking' ||
    phase === 'downloading' ||
    phase === 'full' ||
    phase === 'flushing' ||
    phase === 'verifying'
  )
}

/** Whether all that could go on waits for another process to leave its folder. */
export function isKeptOut(rows: readonly TransferRow[]): boolean {
  const going = rows.filter(({ phase }) => isRunning(phase))
  return going.length > 0 && going.every(({ waitsFor }) => waitsFor !== undefined)
}

export function isEnded(phase: Phase): boolean {
  return phase === 'done' || phase === 'failed' || phase === 'cancelled'
}

/** The ids of those that `may`. */
export function idsOf(rows: readonly TransferRow[], may: (phase: Phase) => boolean): string[] {
  return rows.filter(({ phase }) => may(phase)).map(({ id }) => id)
}
