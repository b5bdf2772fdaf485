import { app, type BrowserWindow } from 'electron'
import type { Log } from './log.ts'

/** One thing to bring to an end before the process goes: abort it, await it, save it. */
export type Closing = { what: string; close: () => Promise<void> | void }

const closeMs = 10_000

/**
 * The order of leaving, whichever way it was asked for: `mayQuit` is asked while the window still
 * stands, then everything in `closings` ends, last started first, then the process does. A closing that
 * fails or takes too long is logged and does not hold up the rest.
 */
export function orderQuit(options: {
  window: BrowserWindow
  mayQuit: () => Promise<boolean>
  closings: readonly Closing[]
  log: Log
}): void {
  const { window, mayQuit, closings, log } = options
  let stage: 'running' | 'asking' | 'leaving' = 'running'
  const leave = async () => {
    stage = 'asking'
    if (!(await mayQuit())) {
      stage = 'running'
      return
    }
    for (const closing of closings.toReversed()) await closeOne(closing, log)
    stage = 'leaving'
    app.quit()
  }
  const hold = (event: { preventDefault: () => void }) => {
    if (stage === 'leaving') return
    event.preventDefault()
    if (stage === 'running') {
      leave().catch((error: unknown) => {
        log('The application could not leave in order.', error)
        app.exit(1)
      })
    }
  }
  app.on('before-quit', hold)
  window.on('close', hold)
  app.on('window-all-closed', () => app.quit())
}

async function closeOne({ what, close }: Closing, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${closeMs / 1000} s`)), closeMs)
  })
  try {
    await Promise.race([close(), late])
  } catch (error) {
    log(`Closing ${what} failed.`, error)
  } finally {
    clearTimeout(timer)
  }
}
