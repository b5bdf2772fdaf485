import type { WriteProgress } from '../archive/write.ts'
import type { PullProgress } from '../docker/pull.ts'
import type { ImageToSave } from '../plan/plan.ts'
import { drawOn } from './draw-on.ts'
import { createRunProgress } from './run-progress.ts'

const REDRAW_MS = 200

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

export async function createLiveProgress(
  stream: NodeJS.WriteStream,
  totalBytes: number,
): Promise<LiveProgress> {
  const draw = await drawOn(stream)
  const run = createRunProgress(totalBytes)
  const render = (): void => draw(run.lines(stream.columns || 80).join('\n'))
  const timer = setInterval(render, REDRAW_MS)
  return {
    update: run.update,
    pulling: run.pulling,
    end: run.end,
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
