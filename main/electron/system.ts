import { clipboard, shell } from 'electron'
import { AppError } from '../api/errors.ts'
import type { System } from '../desktop/ports.ts'
import { outsideAddress } from './outside.ts'

/** The browser, the clipboard and the file manager of the system. */
export const system: System = {
  async openAddress(address) {
    const listed = outsideAddress(address)
    if (listed === undefined)
      throw new AppError('denied', 'This address is not among those that may be opened.')
    await shell.openExternal(listed)
  },
  // Newer Electrons answer with a promise, older ones with nothing.
  copy: async (text) => await clipboard.writeText(text),
  showFile: (path) => shell.showItemInFolder(path),
  async openFolder(path) {
    const problem = await shell.openPath(path)
    if (problem !== '') throw new AppError('destination', `The folder did not open: ${problem}`)
  },
}
