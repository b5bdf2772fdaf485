import type { ReadFrom } from '../disk/past-cache.ts'
import type { History } from '../library/history/history.ts'
import { formatReference } from '../registry/reference.ts'
import type { Saver } from './saver.ts'

/** A saver that notes in the folder's history what it saved, and what it read back. */
export function rememberSaves(saver: Saver, folder: string, history: History): Saver {
  return {
    async save(image, options, listener, signal) {
      let readFrom: ReadFrom | undefined
      const told = {
        ...listener,
        readingBack(from: ReadFrom) {
          readFrom = from
          listener.readingBack?.(from)
        },
      }
      const files = await saver.save(image, options, told, signal)
      const done = {
        ok: true,
        file: image.name,
        files: files.map(({ name }) => name),
        reference: formatReference(image.reference),
        digest: image.digest,
      }
      await history.record(folder, { ...done, what: 'saved' })
      if (readFrom) await history.record(folder, { ...done, what: 'verified', readFrom })
      return files
    },
  }
}
