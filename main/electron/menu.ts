import { Menu } from 'electron'

/**
 * Only what a system cannot do without: macOS takes its editing keys from the menu, and a developer
 * wants the tools. Elsewhere there is none.
 */
export function setMenu(platform: NodeJS.Platform, packaged: boolean): void {
  const tools = packaged ? [] : [{ role: 'viewMenu' as const }]
  if (platform === 'darwin') {
    const roles = [{ role: 'appMenu' as const }, { role: 'editMenu' as const }]
    Menu.setApplicationMenu(Menu.buildFromTemplate([...roles, ...tools, { role: 'windowMenu' }]))
    return
  }
  Menu.setApplicationMenu(packaged ? null : Menu.buildFromTemplate(tools))
}
