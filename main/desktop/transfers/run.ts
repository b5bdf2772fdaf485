import type { Kept } from '../kept.ts'
import type { Saving } from '../saving/saving.ts'
import type { Attempt } from './attempt.ts'
import type { Job, RunningPhase } from './job-schema.ts'

export type RunListener = {
  entered: (phase: RunningPhase) => void
  progressed: () => void
}

/** Brings one job from its reference to durable files. */
export type Run = (
  job: Job,
  attempt: Attempt,
  listener: RunListener,
) => Promise<{ file?: string | undefined }>

export function createRun(parts: {
  saving: Saving
  settings: () => Pick<Kept['settings'], 'maxFileSizeBytes' | 'verifyAfterWrite'>
  isRemovable: (folder: string) => boolean
}): Run {
  const { saving, settings, isRemovable } = parts

  return async (job, attempt, { entered, progressed }) => {
    const { folder, drive, reference, platform, wanted } = job
    const { maxFileSizeBytes, verifyAfterWrite } = settings()
    const verify =
      verifyAfterWrite === 'always' || (verifyAfterWrite === 'removable' && isRemovable(folder))
    const file = await saving.save(
      { folder, drive, reference, platform, wanted, maxFileSizeBytes, verify },
      (update) => {
        attempt.apply(update)
        if (update.phase) entered(update.phase)
        progressed()
      },
      attempt.controller.signal,
    )
    return { file }
  }
}
