import { join } from 'node:path'
import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { Store } from './store.ts'
import { boundsFor, smallest, type WindowState } from './window-state.ts'

/** Opens the one window at `address`, where it was last; it shows itself when there is something to see. */
export function openWindow(
  address: string,
  store: Store<WindowState>,
  failed: (error: unknown) => void,
): BrowserWindow {
  const state = store.get()
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(
    (display) => display.workArea,
  )
  const window = new BrowserWindow({
    ...boundsFor(state, areas),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'NGC Replicator',
    show: false,
    // The colours of the page's ground, so that nothing flashes before it is drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181a' : '#f6f7f8',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize()
    window.show()
  })
  remember(window, store)
  window.loadURL(address).catch(failed)
  return window
}

/** Brings the window to the user, from wherever it is. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Dragging a window fires an event for every pixel: its place is written when it has come to rest. */
function remember(window: BrowserWindow, store: Store<WindowState>): void {
  let timer: NodeJS.Timeout | undefined
  const save = () => {
    clearTimeout(timer)
    if (window.isDestroyed()) return
    store.set({ version: 1, ...window.getNormalBounds(), maximized: window.isMaximized() })
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(save, 500)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('maximize', later)
  window.on('unmaximize', later)
  window.on('close', save)
}
