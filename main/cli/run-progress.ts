import type { WriteProgress } from '../archive/write.ts'
import { lineBytes, type PullProgress } from '../docker/pull.ts'
import type { ImageToSave } from '../plan/plan.ts'
import { printable } from '../printable.ts'
import { formatReference } from '../registry/reference.ts'
import { createSpeed, type Speed } from '../transfer/speed.ts'
import { progressLine, type LineState } from './progress-line.ts'

/** How far a run is, in lines: one for each image under way, and one in total, of what is written. */
export interface RunProgress {
  readonly update: (image: ImageToSave, progress: WriteProgress) => void
  readonly pulling: (image: ImageToSave, progress: PullProgress) => void
  /** The image no longer has a line; all its bytes count as done. */
  readonly end: (image: ImageToSave) => void
  readonly lines: (columns: number) => string[]
}

/** `plannedBytes` are those of all images. */
export function createRunProgress(
  plannedBytes: number,
  newSpeed: () => Speed = createSpeed,
): RunProgress {
  const writing = new Map<ImageToSave, { progress: WriteProgress; speed: Speed }>()
  const pulls = new Map<ImageToSave, { progress: PullProgress; speed: Speed }>()
  const total = newSpeed()
  let totalBytes = plannedBytes
  let endedBytes = 0

  return {
    pulling(image, progress) {
      const known = pulls.get(image)
      const speed = known?.speed ?? newSpeed()
      speed.add(Math.max(0, lineBytes(progress) - lineBytes(known?.progress ?? progress)))
      pulls.set(image, { progress, speed })
    },

    update(image, progress) {
      pulls.delete(image)
      const known = writing.get(image)
      const wasCounted = known !== undefined && !isExporting(known.progress)
      const speed = wasCounted ? known.speed : newSpeed()
      // What an earlier run wrote is where this one begins, and no speed; an image that begins again takes nothing back.
      const bytes = progress.writtenBytes - (known?.progress ?? progress).writtenBytes
      speed.add(Math.max(0, bytes))
      if (bytes > 0) total.add(bytes)
      // What an engine gives is unpacked, and more than was planned.
      totalBytes += sizeOf(image, progress) - sizeOf(image, known?.progress)
      writing.set(image, { progress, speed })
    },

    end(image) {
      endedBytes += sizeOf(image, writing.get(image)?.progress)
      writing.delete(image)
      pulls.delete(image)
    },

    lines(columns) {
      const images = [...writing].map(([image, { progress, speed }]) => {
        const state = { ...stateOf(image, progress), bytesPerSecond: speed.bytesPerSecond() }
        return progressLine(nameOf(image), state, columns)
      })
      const pulled = [...pulls].map(([image, { progress, speed }]) => {
        const { pulledBytes: bytes, totalBytes: all } = progress
        const doing = bytes >= all ? 'the engine unpacks it' : undefined
        const state = { bytes, totalBytes: all, doing, bytesPerSecond: speed.bytesPerSecond() }
        return progressLine(`${nameOf(image)}, pulling`, state, columns)
      })
      const written = [...writing.values()].map(({ progress }) => progress.writtenBytes)
      const bytes = written.reduce((sum, count) => sum + count, endedBytes)
      const state = { bytes, totalBytes, bytesPerSecond: total.bytesPerSecond() }
      return [...images, ...pulled, progressLine('total', state, columns)]
    },
  }
}

function sizeOf(image: ImageToSave, progress: WriteProgress | undefined): number {
  return progress?.totalBytes ?? image.sizeBytes
}

function stateOf(image: ImageToSave, progress: WriteProgress): LineState {
  const { phase, checked, writtenBytes, durableBytes } = progress
  const totalBytes = sizeOf(image, progress)
  return {
    bytes: writtenBytes,
    totalBytes,
    checked,
    doing: isExporting(progress) ? 'waiting for the engine to put it together' : undefined,
    flushingBytes: phase === 'flushing' ? totalBytes - durableBytes : undefined,
  }
}

/** An engine's layers have sizes only when it has put them all together. */
function isExporting({ phase, totalBytes }: WriteProgress): boolean {
  return phase === 'saving' && totalBytes === undefined
}

function nameOf({ reference }: ImageToSave): string {
  const { repository, tag } = reference
  return printable(tag === undefined ? formatReference(reference) : `${repository}:${tag}`)
}
