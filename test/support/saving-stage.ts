import { readdir } from 'node:fs/promises'
import { expect, onTestFinished } from 'vitest'
import { verifyFiles } from '../../main/library/verify-files.ts'
import type { ImageToSave } from '../../main/plan/plan.ts'
import type { MadeImage } from '../../main/sandbox/image.ts'
import { createConnections } from '../../main/transfer/fetch-ahead/connections.ts'
import { createFetchAhead } from '../../main/transfer/fetch-ahead/fetch-ahead.ts'
import { HeldBlobs } from '../../main/transfer/held-blobs.ts'
import { saveImage } from '../../main/transfer/save-image.ts'
import type { SaveParts } from '../../main/transfer/save-parts.ts'
import { imageToSave } from './image-to-save.ts'
import { temporaryFolder } from './made-tarball.ts'
import { servePractice, type PracticeServer } from './practice-server.ts'
import { registryAt } from './registry-client.ts'
import { impatient } from './still-clock.ts'

/** One image at a registry, and a folder to save it into, as often as it takes. */
export interface Stage {
  readonly folder: string
  readonly server: PracticeServer
  /** What was told so far. */
  readonly warnings: readonly string[]
  readonly save: (
    options?: Partial<SaveParts> & { toSave?: ImageToSave; signal?: AbortSignal },
  ) => Promise<void>
  /** There is one tarball and it is right in every byte. */
  readonly isWhole: () => Promise<void>
}

export async function stage(image: MadeImage, into?: string): Promise<Stage> {
  const folder = into ?? (await temporaryFolder())
  const server = await servePractice(image)
  const warnings: string[] = []
  const onWarned = (message: string): void => void warnings.push(message)
  const { registry, http } = registryAt(server.url, { retry: { ...impatient(), attempts: 1 } })
  onTestFinished(() => http.close())
  const source = createFetchAhead({
    connections: createConnections(1),
    range: ({ repository, descriptor }, range, given) =>
      registry.range(repository, descriptor, range, given),
  })
  return {
    folder,
    server,
    warnings,
    save: async ({ toSave = imageToSave(image), signal, ...parts } = {}) => {
      const held = new HeldBlobs(folder, new Map())
      const all = { source, held, folder, onWarned, ...parts }
      await saveImage(toSave, all, signal ?? new AbortController().signal)
    },
    isWhole: async () => {
      const { files } = await verifyFiles({ folder })
      expect(files).toMatchObject([{ ok: true, problems: [] }])
      expect((await readdir(folder)).filter((file) => file.endsWith('.partial'))).toEqual([])
    },
  }
}
