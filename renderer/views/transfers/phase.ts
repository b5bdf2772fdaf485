import type { Phase, TransferRow, TransfersView } from '../../../main/api/shapes.ts'

/** What a phase is called on the screen. */
export const phaseWords: Record<Phase, string> = {
  waiting: 'Waiting',
  resolving: 'Resolving',
  pulling: 'Docker is pulling',
  saving: 'Saving from Docker',
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
    phase === 'saving' ||
    phase === 'checking' ||
    phase === 'downloading' ||
    phase === 'full' ||
    phase === 'flushing' ||
    phase === 'verifying'
  )
}

/** Why nothing moves although it is not paused; undefined while something does, or is about to. */
export function whyStill({ rows, isOffline }: TransfersView): string | undefined {
  const going = rows.filter(({ phase }) => isRunning(phase))
  if (going.length === 0) return undefined
  if (isOffline) return 'Waiting for the network'
  if (going.every(({ waitsFor }) => waitsFor !== undefined)) return 'Waiting for another run'
  const isStuck = going.every(({ phase }) => phase === 'full' || phase === 'waiting')
  return isStuck && going.some(({ phase }) => phase === 'full') ? 'The drive is full' : undefined
}

export function isEnded(phase: Phase): boolean {
  return phase === 'done' || phase === 'failed' || phase === 'cancelled'
}

/** The ids of those that `may`. */
export function idsOf(rows: readonly TransferRow[], may: (phase: Phase) => boolean): string[] {
  return rows.filter(({ phase }) => may(phase)).map(({ id }) => id)
}
