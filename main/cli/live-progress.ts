import { createLogUpdate } from 'log-update'
import type { WriteProgress } from '../archive/write.ts'
import type { ImageToSave } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import { createSpeed } from '../transfer/speed.ts'
import { formatBytes, formatDuration } from '../format.ts'
import { printable } from './printable.ts'

const REDRAW_MS = 200
const BAR = 20

/** Progress on a terminal, redrawn in place: a line for each image under way and one in total. */
export interface LiveProgress {
  update(image: ImageToSave, progress: WriteProgress): void
  /** The image no longer has a line; all its bytes count as done. */
  end(image: ImageToSave): void
  /** Prints a line above the progress. */
  print(line: string): void
  close(): void
}

export function createLiveProgress(stream: NodeJS.WriteStream, totalBytes: number): LiveProgress {
  const draw = createLogUpdate(stream)
  const running = new Map<
    ImageToSave,
    { progress: WriteProgress; speed: ReturnType<typeof createSpeed> }
  >()
  const total = createSpeed()
  let endedBytes = 0
  const render = (): void => {
    const lines = [...running].map(([image, { progress, speed }]) =>
      imageLine(image, progress, speed.bytesPerSecond()),
    )
    const written = [...running.values()].reduce(
      (sum, { progress }) => sum + progress.writtenBytes,
      endedBytes,
    )
    lines.push(line('total', written, totalBytes, total.bytesPerSecond()))
    const width = stream.columns ?? 80
    draw(lines.map((text) => text.slice(0, width - 1)).join('\n'))
  }
  const timer = setInterval(render, REDRAW_MS)
  return {
    update(image, progress) {
      const known = running.get(image)
      const entry = { progress, speed: known?.speed ?? createSpeed() }
      const bytes = progress.writtenBytes - (known?.progress.writtenBytes ?? 0)
      entry.speed.add(bytes)
      total.add(bytes)
      running.set(image, entry)
    },
    end(image) {
      running.delete(image)
      endedBytes += image.sizeBytes
    },
    print(text) {
      draw.clear()
      stream.write(`${text}\n`)
      render()
    },
    close() {
      clearInterval(timer)
      draw.clear()
      draw.done()
    },
  }
}

function imageLine(
  image: ImageToSave,
  { phase, writtenBytes, durableBytes }: WriteProgress,
  speed: number | undefined,
): string {
  const { repository, tag } = image.reference
  const name = printable(
    tag === undefined ? formatReference(image.reference) : `${repository}:${tag}`,
  )
  return phase === 'downloading'
    ? line(name, writtenBytes, image.sizeBytes, speed)
    : `${name}  flushing to the drive, ${formatBytes(image.sizeBytes - durableBytes)} left`
}

function line(name: string, bytes: number, totalBytes: number, speed: number | undefined): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes)
  const bar = '█'.repeat(Math.floor(share * BAR)).padEnd(BAR, '░')
  const left = speed ? `  ${formatDuration((totalBytes - bytes) / speed)} left` : ''
  const rate = speed ? `  ${formatBytes(speed)}/s` : ''
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${formatBytes(bytes)} of ${formatBytes(totalBytes)}${rate}${left}  ${name}`
}
