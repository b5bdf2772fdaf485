import type { Phase, Place, TransferRow, TransfersView } from '../../api/shapes.ts'
import { formatBytes } from '../../format.ts'
import type { Attempt } from './attempt.ts'
import type { Job } from './job-schema.ts'
import { isEnded } from './job.ts'

/** A job as the window shows it; `attempt` is the last one, where there was one. Pure. */
export function rowOf(
  job: Job,
  facts: { attempt: Attempt | undefined; place: Place; waitsFor: string | undefined },
): TransferRow {
  const { attempt, place, waitsFor } = facts
  const { id, reference, platform, state } = job
  const pull = attempt?.pull
  const sizeBytes =
    pull?.totalBytes ?? attempt?.progress.totalBytes ?? attempt?.planned?.sizeBytes ?? job.sizeBytes
  const isDone = state.kind === 'done'
  const speed = state.kind === 'running' ? attempt?.bytesPerSecond() : undefined
  const writtenBytes = isDone
    ? sizeBytes
    : (pull?.pulledBytes ?? attempt?.progress.writtenBytes ?? 0)
  return {
    id,
    reference,
    platform,
    place,
    phase: phaseOf(job),
    plannedBytes: job.sizeBytes,
    share: isDone ? 1 : shareOf(attempt, sizeBytes > 0 ? writtenBytes / sizeBytes : 0),
    sizeBytes,
    writtenBytes,
    durableBytes: isDone ? sizeBytes : (attempt?.progress.durableBytes ?? 0),
    fetchedBytes: isDone ? state.fetchedBytes : (attempt?.fetchedBytes ?? 0),
    ...(attempt?.verifiedBytes !== undefined && { verifiedBytes: attempt.verifiedBytes }),
    ...(speed !== undefined && {
      bytesPerSecond: speed,
      ...(speed > 0 && { secondsLeft: (sizeBytes - writtenBytes) / speed }),
    }),
    layers: attempt?.layers() ?? [],
    ...(waitsFor !== undefined && { waitsFor }),
    ...(state.kind === 'failed' && { failure: failureOf(state.failure) }),
    ...(phaseOf(job) === 'full' && { failure: driveFull(attempt?.missingBytes ?? 0) }),
    ...(isDone && state.file !== undefined && { file: state.file }),
  }
}

/** `ofStep` is how much of the step under way is behind it. */
function shareOf(attempt: Attempt | undefined, ofStep: number): number {
  if (!attempt) return 0
  if (attempt.pull) return ofStep / 2
  const { phase, totalBytes } = attempt.progress
  const isThroughDocker = phase === 'saving' || totalBytes !== undefined
  return isThroughDocker ? (1 + ofStep) / 2 : ofStep
}

function phaseOf({ state }: Job): Phase {
  return state.kind === 'running' ? state.phase : state.kind
}

function driveFull(missingBytes: number): NonNullable<TransferRow['failure']> {
  return {
    code: 'no-space',
    message: `The drive is full: ${formatBytes(missingBytes)} are missing. Nothing is lost.`,
    hint: 'Free some space there, and it goes on by itself.',
    ways: ['choose-folder'],
  }
}

function failureOf({
  hint,
  page,
  ...failure
}: Extract<Job['state'], { kind: 'failed' }>['failure']): NonNullable<TransferRow['failure']> {
  return { ...failure, ...(hint !== undefined && { hint }), ...(page !== undefined && { page }) }
}

/** Sums of all rows that are still wanted, in the plan's bytes: what grows on the way takes no bar back. */
export function totalsOf(
  rows: readonly TransferRow[],
): Pick<TransfersView, 'totalBytes' | 'doneBytes'> {
  const counted = rows.filter(isWanted)
  return {
    totalBytes: counted.reduce((sum, { plannedBytes }) => sum + plannedBytes, 0),
    doneBytes: counted.reduce((sum, { plannedBytes, share }) => sum + plannedBytes * share, 0),
  }
}

/** What all rows still have to write, as far as that is known. */
export function leftBytes(rows: readonly TransferRow[]): number {
  return rows
    .filter(isWanted)
    .reduce((sum, { sizeBytes, writtenBytes }) => sum + sizeBytes - writtenBytes, 0)
}

/** What was cancelled or failed asks for nothing more. */
function isWanted({ phase }: TransferRow): boolean {
  return phase !== 'cancelled' && phase !== 'failed'
}

/** Folders whose every transfer is done, and so on the medium; what was cancelled does not count. */
export function safeFolders(jobs: readonly Job[]): string[] {
  const folders = [...new Set(jobs.map(({ folder }) => folder))]
  return folders.filter((folder) => {
    const own = jobs.filter((job) => job.folder === folder && job.state.kind !== 'cancelled')
    return own.length > 0 && own.every(({ state }) => state.kind === 'done')
  })
}

export function activeJobs(jobs: readonly Job[]): Job[] {
  return jobs.filter((job) => !isEnded(job) && job.state.kind !== 'paused')
}
