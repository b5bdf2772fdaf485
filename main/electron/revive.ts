import type { BrowserWindow } from 'electron'
import type { Log } from './log.ts'
import type { Notices } from './notices.ts'

const calmMs = 60_000

/**
 * Loads the page again when its process is gone: what runs lives in the main process, so nothing but
 * the picture was lost. Only once a minute, lest a page that always dies should flicker for ever.
 */
export function reviveWindow(window: BrowserWindow, notices: Notices, log: Log): void {
  let lastAt = -Infinity
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log(`The window's process is gone: ${reason}, ${exitCode}.`)
    if (reason === 'clean-exit' || Date.now() - lastAt < calmMs) return
    lastAt = Date.now()
    notices.raise(
      'This window had to be drawn anew.',
      'What was running went on. The log says more.',
    )
    window.webContents.reload()
  })
}
