import { join } from 'node:path'
import { app, dialog, type BrowserWindow } from 'electron'
import type { Dialogs } from '../desktop/ports.ts'

/** The system's own dialogs, over the window. */
export function createDialogs(window: () => BrowserWindow | undefined): Dialogs {
  const open = async (options: Electron.OpenDialogOptions): Promise<string[] | undefined> => {
    const over = window()
    const { canceled, filePaths } = over
      ? await dialog.showOpenDialog(over, options)
      : await dialog.showOpenDialog(options)
    return canceled ? undefined : filePaths
  }
  return {
    async chooseFolder() {
      const paths = await open({
        title: 'Choose a folder',
        properties: ['openDirectory', 'createDirectory'],
      })
      return paths?.[0]
    },
    chooseCertificates: () =>
      open({
        title: 'Add certificates',
        properties: ['openFile', 'multiSelections'],
        filters: [
          { name: 'Certificates', extensions: ['pem', 'crt', 'cer'] },
          { name: 'All files', extensions: ['*'] },
        ],
      }),
    async chooseList() {
      const paths = await open({
        title: 'Open a list of images',
        properties: ['openFile'],
        filters: [
          { name: 'Lists of images', extensions: ['json'] },
          { name: 'All files', extensions: ['*'] },
        ],
      })
      return paths?.[0]
    },
    async chooseSavePath(suggestedName) {
      const options = { defaultPath: join(app.getPath('documents'), suggestedName) }
      const over = window()
      const { canceled, filePath } = over
        ? await dialog.showSaveDialog(over, options)
        : await dialog.showSaveDialog(options)
      return canceled || filePath === '' ? undefined : filePath
    },
  }
}

/** Whether to leave though transfers run, or images are being handed over. */
export async function askBeforeQuitting(
  window: BrowserWindow,
  running: 'transfers' | 'delivery',
): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    ...(running === 'transfers'
      ? {
          message: 'Transfers are running.',
          detail: 'They stop when you quit, and go on by themselves at the next start.',
        }
      : {
          message: 'Images are being handed over.',
          detail: 'That stops when you quit. What is there by then is skipped the next time.',
        }),
    buttons: ['Quit', 'Keep running'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}
