import { createLogUpdate } from 'log-update'
import type { WriteProgress } from '../archive/write.ts'
import type { PullProgress } from '../docker/pull.ts'
import type { ImageToSave } from '../plan/plan.ts'
import { formatReference } from '../registry/reference.ts'
import { createSpeed } from '../transfer/speed.ts'
import { formatBytes, formatDuration } from '../format.ts'
import { printable } from '../printable.ts'

const REDRAW_MS = 200
const BAR = 20

/** Progress on a terminal, redrawn in place: a line for each image under way and one in total. */
export interface LiveProgress {
  update(image: ImageToSave, progress: WriteProgress): void
  /** An engine is pulling it, before it is written. */
  pulling(image: ImageToSave, progress: PullProgress): void
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
  const pulls = new Map<ImageToSave, PullProgress>()
  const total = createSpeed()
  let endedBytes = 0
  const render = (): void => {
    const columns = stream.columns || 80
    const lines = [...running].map(([image, { progress, speed }]) => {
      const {
        phase,
        checked,
        writtenBytes,
        durableBytes,
        totalBytes: sizeBytes = image.sizeBytes,
      } = progress
      const flushingBytes = phase === 'flushing' ? sizeBytes - durableBytes : undefined
      const state = { bytes: writtenBytes, totalBytes: sizeBytes, flushingBytes, checked }
      return progressLine(
        nameOf(image),
        { ...state, bytesPerSecond: speed.bytesPerSecond() },
        columns,
      )
    })
    for (const [image, { pulledBytes: pulled, totalBytes: all }] of pulls) {
      const state = { bytes: pulled, totalBytes: all }
      lines.push(progressLine(`pulling ${nameOf(image)}`, state, columns))
    }
    const written = [...running.values()].map(({ progress }) => progress.writtenBytes)
    const bytes = written.reduce((sum, count) => sum + count, endedBytes)
    lines.push(
      progressLine('total', { bytes, totalBytes, bytesPerSecond: total.bytesPerSecond() }, columns),
    )
    draw(lines.join('\n'))
  }
  const timer = setInterval(render, REDRAW_MS)
  return {
    pulling: (image, progress) => void pulls.set(image, progress),
    update(image, progress) {
      pulls.delete(image)
      const known = running.get(image)
      const entry = { progress, speed: known?.speed ?? createSpeed() }
      // What an earlier run wrote is where this one begins, and no speed; an image that begins again takes nothing back.
      const bytes = progress.writtenBytes - (known?.progress ?? progress).writtenBytes
      entry.speed.add(Math.max(0, bytes))
      total.add(Math.max(0, bytes))
      running.set(image, entry)
    },
    end(image) {
      running.delete(image)
      pulls.delete(image)
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

/** What a terminal of 80 columns leaves for the name beside the numbers, and where there is room for a bar as well. */
const NUMBERS = 56
const WIDE = 100

/** One line of progress, cut to the width of the terminal. */
export function progressLine(name: string, state: LineState, columns: number): string {
  const room = Math.max(12, columns - 1 - NUMBERS - (columns >= WIDE ? BAR + 1 : 0))
  const shown = name.length > room ? `…${name.slice(1 - room)}` : name.padEnd(room)
  const [first = '', ...more] = stateInWords(state, columns >= WIDE)
  let line = `${shown} ${first}`
  for (const part of more) if (line.length + part.length < columns) line += part
  return line.slice(0, columns - 1)
}

/** What is left out where the terminal is narrow comes last. */
function stateInWords(state: LineState, isWide: boolean): string[] {
  const { bytes, totalBytes, bytesPerSecond, flushingBytes, checked } = state
  if (checked !== undefined) {
    return [
      `checking what is there: ${formatBytes(checked.doneBytes)} of ${formatBytes(checked.totalBytes)}`,
    ]
  }
  if (flushingBytes !== undefined) {
    return [
      flushingBytes > 0 ? `flushing to the drive, ${formatBytes(flushingBytes)} left` : 'finishing',
    ]
  }
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes)
  const bar = isWide ? `${'█'.repeat(Math.floor(share * BAR)).padEnd(BAR, '░')} ` : ''
  const done = `${String(Math.floor(share * 100)).padStart(3)}%  ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`
  const rate = bytesPerSecond ? `  ${formatBytes(bytesPerSecond)}/s` : ''
  const left =
    bytesPerSecond && bytes < totalBytes
      ? `  ${formatDuration((totalBytes - bytes) / bytesPerSecond)} left`
      : ''
  return [`${bar}${done}`, rate, left]
}

interface LineState {
  readonly bytes: number
  readonly totalBytes: number
  readonly bytesPerSecond?: number | undefined
  /** Still on its way from memory to the medium, once all has come. */
  readonly flushingBytes?: number | undefined
  /** Of what an earlier run wrote, while that is read again. */
  readonly checked?: WriteProgress['checked']
}

function nameOf({ reference }: ImageToSave): string {
  const { repository, tag } = reference
  return printable(tag === undefined ? formatReference(reference) : `${repository}:${tag}`)
}
