import { ipcMain, type BrowserWindow } from 'electron'
import type { Envelope } from '../api/contract.ts'
import type { Publish } from '../desktop/ports.ts'
import type { Log } from './log.ts'
import { isTrusted } from './trust.ts'

/**
 * The one channel for calls: whoever is not the main frame of our window, showing our own pages, is
 * refused before its words are looked at.
 */
export function serveCalls(options: {
  window: () => BrowserWindow | undefined
  origin: string
  answer: (name: unknown, input: unknown) => Promise<Envelope>
  log: Log
}): void {
  const { window, origin, answer, log } = options
  ipcMain.handle('call', async (event, name: unknown, input: unknown): Promise<Envelope> => {
    const mainFrame = window()?.webContents.mainFrame
    if (isTrusted(event.senderFrame, mainFrame, origin)) return await answer(name, input)
    log(`A call from ${event.senderFrame?.origin ?? 'a frame that is gone'} was refused.`)
    return { ok: false, error: { code: 'denied', message: 'Only the window itself may ask.' } }
  })
}

/** Sends one event to the window, if there is one. */
export function createPublish(window: () => BrowserWindow | undefined): Publish {
  return (name, payload) => {
    const contents = window()?.webContents
    // A page that comes back asks for what it missed.
    if (!contents || contents.isDestroyed() || contents.isCrashed()) return
    contents.send('event', name, payload)
  }
}
