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
  const pull = state.kind === 'running' ? attempt?.pull : undefined
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

/** Sums of all rows that are still wanted; what was cancelled or failed asks for nothing more. */
export function totalsOf(
  rows: readonly TransferRow[],
): Pick<TransfersView, 'totalBytes' | 'doneBytes'> {
  const counted = rows.filter(({ phase }) => phase !== 'cancelled' && phase !== 'failed')
  return {
    totalBytes: counted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    doneBytes: counted.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0),
  }
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
