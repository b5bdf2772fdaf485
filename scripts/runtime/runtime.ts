import { join } from 'node:path'

/** An unpacked Electron: the folder that ELECTRON_OVERRIDE_DIST_PATH would name, and its program. */
export type Runtime = {
  kind: 'given' | 'official' | 'fallback'
  version: string
  folder: string
  executable: string
}

/** Where the program is inside an unpacked Electron. */
export function executableIn(folder: string, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(folder, 'Electron.app', 'Contents', 'MacOS', 'Electron')
  return join(folder, platform === 'win32' ? 'electron.exe' : 'electron')
}
