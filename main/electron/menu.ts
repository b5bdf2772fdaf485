import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { ViewName } from '../api/shapes.ts'

/** The menu: views with their shortcuts, and what a system cannot do without. `show` asks the window for a view. */
export function setMenu(options: {
  platform: NodeJS.Platform
  isPackaged: boolean
  show: (view: ViewName) => void
  openLibrary: () => void
}): void {
  const { platform, isPackaged, show, openLibrary } = options
  const isMac = platform === 'darwin'
  const views = names.map(([view, label], index): MenuItemConstructorOptions => {
    const accelerator = view === 'settings' ? 'CmdOrCtrl+,' : `CmdOrCtrl+${index + 1}`
    return { label, accelerator, click: () => show(view) }
  })
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      { label: 'Open library folder…', accelerator: 'CmdOrCtrl+O', click: openLibrary },
      { type: 'separator' },
      { role: isMac ? 'close' : 'quit' },
    ],
  }
  const tools: MenuItemConstructorOptions[] = isPackaged
    ? []
    : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
  const zoom: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
  ]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' as const }] : []),
      file,
      { role: 'editMenu' },
      { label: 'View', submenu: [...views, ...zoom, ...tools] },
      ...(isMac ? [{ role: 'windowMenu' as const }] : []),
    ]),
  )
}

const names: readonly (readonly [ViewName, string])[] = [
  ['catalogue', 'Catalogue'],
  ['plan', 'Plan'],
  ['transfers', 'Transfers'],
  ['library', 'Library'],
  ['settings', 'Settings'],
]
