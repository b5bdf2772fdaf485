import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron'
import type { TransfersView } from '../api/shapes.ts'
import { plural } from '../format.ts'

/** What the system shows of the transfers outside the window, and that it stays awake for them. */
export function createAttention(window: () => BrowserWindow | undefined): {
  show: (view: TransfersView) => void
  /** Loading or pushing began, or has ended. */
  deliver: (isActive: boolean) => void
  finished: (outcome: { done: number; failed: number }) => void
  close: () => void
} {
  let blocker: number | undefined
  const reasons = new Set<'transfers' | 'delivery'>()
  const stayAwake = (reason: 'transfers' | 'delivery', isActive: boolean): void => {
    if (isActive) reasons.add(reason)
    else reasons.delete(reason)
    const isNeeded = reasons.size > 0
    if (isNeeded && blocker === undefined)
      blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!isNeeded && blocker !== undefined) {
      powerSaveBlocker.stop(blocker)
      blocker = undefined
    }
  }
  return {
    show({ rows, totalBytes, doneBytes }) {
      const isActive = rows.some(
        ({ phase }) => !['done', 'failed', 'cancelled', 'paused'].includes(phase),
      )
      stayAwake('transfers', isActive)
      const over = window()
      if (over && !over.isDestroyed())
        over.setProgressBar(isActive && totalBytes > 0 ? doneBytes / totalBytes : -1)
    },
    deliver: (isActive) => stayAwake('delivery', isActive),
    finished({ done, failed }) {
      if (window()?.isFocused() === true || !Notification.isSupported()) return
      const body =
        failed > 0
          ? `${plural(done, 'image')} saved, ${failed} failed.`
          : `${plural(done, 'image')} saved. Safe to unplug.`
      const notification = new Notification({ title: 'Transfers have ended', body })
      notification.on('click', () => window()?.show())
      notification.show()
    },
    close() {
      stayAwake('transfers', false)
      stayAwake('delivery', false)
    },
  }
}
