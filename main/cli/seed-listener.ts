import { AppError, messageOf } from '../api/errors.ts'
import { createHttp } from '../net/http.ts'
import type { ImageToSave, Plan } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import type { ReplicateListener } from '../transfer/replicate.ts'
import { createSeedProgress } from '../transfer/seed-progress.ts'

/** `--progress-uri`: tells a page the steps that the seed told: the query, each image, the descriptions. */
export function createSeedListener(uri: URL, log: (line: string) => void): SeedListener {
  const http = createHttp()
  const progress = createSeedProgress(uri, http, log)
  progress.step('query', { status: 'running', header: 'Listing the images to copy' })
  return {
    planned({ images }) {
      for (const image of images) {
        if (image.state === 'present') continue
        progress.step(keyOf(image), {
          status: 'waiting',
          header: `Copying ${formatReference(image.reference)}`,
          subHeader: 'Waiting',
        })
      }
      progress.step('query', { status: 'complete' })
    },
    listener: {
      started: (image) =>
        progress.step(keyOf(image), { status: 'running', subHeader: 'Fetching from the registry' }),
      saved: (image, files) =>
        progress.step(keyOf(image), {
          status: 'complete',
          subHeader: `Saved ${files[0]?.name ?? ''}`,
        }),
      failed: (image, error) =>
        progress.step(keyOf(image), { status: 'error', subHeader: messageOf(error) }),
    },
    async close() {
      await progress.settled()
      await http.close()
    },
  }
}

export interface SeedListener {
  planned(plan: Plan): void
  readonly listener: ReplicateListener
  close(): Promise<void>
}

/** Throws AppError `usage`. */
export function parseProgressUri(text: string): URL {
  const uri = URL.canParse(text) ? new URL(text) : undefined
  if (uri?.protocol === 'http:' || uri?.protocol === 'https:') return uri
  throw new AppError('usage', '--progress-uri is not an http address.', {
    hint: 'Write it like http://localhost:8000/progress.',
  })
}

function keyOf({ reference, platform }: ImageToSave): string {
  return `${formatReference(reference)} ${platform}`
}
