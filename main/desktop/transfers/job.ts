import { isSameDrive } from '../../disk/drive-identity.ts'
import type { Job, JobFailure, JobState, RunningPhase } from './job-schema.ts'

/** What can happen to a job. */
export type Move =
  | { do: 'start' }
  | { do: 'enter'; phase: RunningPhase }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'cancel' }
  | { do: 'retry' }
  | { do: 'finish'; file?: string | undefined; fetchedBytes: number }
  | { do: 'fail'; failure: JobFailure }
  /** Its run ended through no fault of its own: the network went, or the application. It waits again. */
  | { do: 'interrupt' }

/** The job after a move; the very same job when the move does not apply to where it stands. Pure. */
export function move(job: Job, step: Move): Job {
  const state = next(job.state, step)
  return state === job.state ? job : { ...job, state }
}

function next(state: JobState, step: Move): JobState {
  const { kind } = state
  switch (step.do) {
    case 'start':
      return kind === 'waiting' ? { kind: 'running', phase: 'resolving' } : state
    case 'enter':
      return kind === 'running' && state.phase !== step.phase
        ? { kind: 'running', phase: step.phase }
        : state
    case 'pause':
      return kind === 'waiting' || kind === 'running' ? { kind: 'paused' } : state
    case 'resume':
      return kind === 'paused' ? { kind: 'waiting' } : state
    case 'cancel':
      return kind === 'waiting' || kind === 'running' || kind === 'paused' || kind === 'failed'
        ? { kind: 'cancelled' }
        : state
    case 'retry':
      return kind === 'failed' || kind === 'cancelled' ? { kind: 'waiting' } : state
    case 'finish': {
      const { file, fetchedBytes } = step
      return kind === 'running'
        ? { kind: 'done', fetchedBytes, ...(file !== undefined && { file }) }
        : state
    }
    case 'fail':
      return kind === 'running' ? { kind: 'failed', failure: step.failure } : state
    case 'interrupt':
    default:
      return kind === 'running' ? { kind: 'waiting' } : state
  }
}

/** As it is kept on disk: one that runs would wait again. */
export function interrupted(job: Job): Job {
  return move(job, { do: 'interrupt' })
}

/** Nothing more happens to it by itself. */
export function isEnded({ state }: Job): boolean {
  return state.kind === 'done' || state.kind === 'cancelled' || state.kind === 'failed'
}

/** The same image for the same folder of the same drive. */
export function isSameWork(a: Job, b: Job): boolean {
  if (a.folder !== b.folder || a.reference !== b.reference || a.platform !== b.platform)
    return false
  return !a.drive || !b.drive || isSameDrive(a.drive, b.drive)
}
