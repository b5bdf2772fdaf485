import type { Kept } from '../kept.ts'
import type { Connection } from '../connection.ts'
import { noRules } from '../selection.ts'
import type { Destinations } from './destinations.ts'
import type { Attempt } from './attempt.ts'
import { blaming } from './blame.ts'
import type { Job, RunningPhase } from './job-schema.ts'
import { expectSameDrive } from './same-drive.ts'

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
  connection: Connection
  settings: () => Pick<Kept['settings'], 'maxFileSizeBytes' | 'verifyAfterWrite'>
  isRemovable: (folder: string) => boolean
  destinations: Destinations
  warn: (message: string) => void
}): Run {
  const { connection, destinations, settings, isRemovable, warn } = parts

  return async (job, attempt, { entered, progressed }) =>
    await blaming(connection, attempt.controller.signal, async (core) => {
      const { signal } = attempt.controller
      const { folder, reference, platform, wanted } = job
      const { maxFileSizeBytes, verifyAfterWrite } = settings()
      await expectSameDrive(folder, job.drive)
      return await destinations.use(core, { folder, maxFileSizeBytes }, async (opened, saver) => {
        const request = { named: [reference], rules: noRules, external: [], platform: wanted }
        const plan = await core.planInto(opened, { ...request, maxFileSizeBytes }, signal)
        signal.throwIfAborted()
        const [failure] = plan.failures
        if (failure) throw failure.error
        const image =
          plan.images.find((one) => one.platform === platform) ??
          (plan.images.length === 1 ? plan.images[0] : undefined)
        // Saved meanwhile, by another program or by this one in another life.
        if (image === undefined || image.state === 'present') return { file: image?.file }
        attempt.image = image
        entered('downloading')
        const verify =
          verifyAfterWrite === 'always' || (verifyAfterWrite === 'removable' && isRemovable(folder))
        const files = await saver.save(
          image,
          { verify },
          {
            progress(progress) {
              attempt.advance(progress)
              if (attempt.verifiedBytes === undefined) entered(progress.phase)
              progressed()
            },
            pulling(pull) {
              attempt.pulled(pull)
              entered('pulling')
              progressed()
            },
            fetched(bytes) {
              attempt.fetchedBytes += bytes
              progressed()
            },
            verified(bytes) {
              attempt.verifiedBytes = bytes
              entered('verifying')
              progressed()
            },
            warned: warn,
            waiting(missingBytes) {
              attempt.missingBytes = missingBytes
              entered('full')
              progressed()
            },
          },
          signal,
        )
        return { file: files[0]?.name }
      })
    })
}
