import { printable } from '../printable.ts'
import { createSpeed } from '../transfer/speed.ts'
import { drawOn } from './draw-on.ts'
import { progressLine } from './progress-line.ts'

const REDRAW_MS = 200

/** One line of progress on the terminal, redrawn in place: of one thing after another, each by its name. */
export interface LiveLine {
  update(name: string, doneBytes: number, totalBytes: number): void
  /** Makes way for a line of text. */
  clear(): void
}

export async function createLiveLine(): Promise<LiveLine> {
  const draw = await drawOn(process.stdout)
  let shown: string | undefined
  let speed = createSpeed()
  let bytes = 0
  let drawnAt = 0
  return {
    update(name, doneBytes, totalBytes) {
      if (name !== shown) {
        speed = createSpeed()
        bytes = 0
      }
      shown = name
      speed.add(Math.max(0, doneBytes - bytes))
      bytes = doneBytes
      const now = Date.now()
      if (now - drawnAt < REDRAW_MS) return
      drawnAt = now
      const state = { bytes, totalBytes, bytesPerSecond: speed.bytesPerSecond() }
      draw(progressLine(printable(name), state, process.stdout.columns || 80))
    },
    clear: () => draw.clear(),
  }
}
