import { Menu, type BrowserWindow, type MenuItemConstructorOptions } from 'electron'

/** The menu of text fields and selected text, which Electron itself has none of. The page's own menus come before it. */
export function giveEditMenu(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_event, { isEditable, selectionText, editFlags }) => {
    if (!isEditable && selectionText.trim() === '') return
    const copy: MenuItemConstructorOptions = { role: 'copy', enabled: editFlags.canCopy }
    const edit: MenuItemConstructorOptions[] = [
      { role: 'undo', enabled: editFlags.canUndo },
      { role: 'redo', enabled: editFlags.canRedo },
      { type: 'separator' },
      { role: 'cut', enabled: editFlags.canCut },
      copy,
      { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ]
    Menu.buildFromTemplate(isEditable ? edit : [copy]).popup({ window })
  })
}
