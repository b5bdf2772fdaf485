import { uniqueLayers, type ImageToSave } from '../../plan/plan.ts'
import type { Connection } from '../connection.ts'
import { noRules } from '../selection.ts'
import { expectSameDrive } from '../same-drive.ts'
import { blaming } from './blame.ts'
import type { Destinations } from './destinations.ts'
import type { PlannedImage, Saving } from './saving.ts'

/** See `Saving.save`; here it is done. */
export function createSave(parts: {
  connection: Connection
  destinations: Destinations
  warn: (message: string) => void
}): Saving['save'] {
  const { connection, destinations, warn } = parts

  return async (task, tell, signal) =>
    await blaming(connection, signal, async (core) => {
      const { folder, drive, reference, platform, wanted, maxFileSizeBytes, verify } = task
      const found = await expectSameDrive(folder, drive)
      const where = { folder, drive: found, maxFileSizeBytes }
      return await destinations.use(core, where, async (opened, saver) => {
        const request = { named: [reference], rules: noRules, external: [], platform: wanted }
        const plan = await core.planInto(opened, { ...request, maxFileSizeBytes }, signal)
        signal.throwIfAborted()
        const [failure] = plan.failures
        if (failure) throw failure.error
        const image =
          plan.images.find((one) => one.platform === platform) ??
          (plan.images.length === 1 ? plan.images[0] : undefined)
        // Saved meanwhile, by another program or by this one in another life.
        if (image === undefined || image.state === 'present') return image?.file
        tell({ planned: plannedImage(image), phase: 'downloading' })
        let isVerifying = false
        const files = await saver.save(
          image,
          { verify },
          {
            progress: (progress) =>
              tell({ progress, ...(!isVerifying && { phase: progress.phase }) }),
            pulling: (pull) => tell({ pull, phase: 'pulling' }),
            fetched: (fetchedBytes) => tell({ fetchedBytes }),
            verified(verifiedBytes) {
              isVerifying = true
              tell({ verifiedBytes, phase: 'verifying' })
            },
            warned: warn,
            waiting: (missingBytes) => tell({ missingBytes, phase: 'full' }),
          },
          signal,
        )
        return files[0]?.name
      })
    })
}

function plannedImage({ sizeBytes, layout, image }: ImageToSave): PlannedImage {
  const offsets = new Map<string, number>()
  for (const { source, dataOffset } of layout.members) {
    if (source.kind === 'blob') offsets.set(source.descriptor.digest, dataOffset)
  }
  const layers = uniqueLayers(image.layers).map(({ digest, size }) => {
    return { digest, sizeBytes: size, dataOffset: offsets.get(digest) ?? Number.POSITIVE_INFINITY }
  })
  return { sizeBytes, layers }
}
