import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge, Envelope } from '../main/api/contract.ts'

const bridge: Bridge = {
  call: async (name, input) =>
    (await ipcRenderer.invoke(
      'call',
      name,
      name.endsWith('.drop') ? pathsOf(input) : input,
    )) as Envelope,
  listen: (listener) => {
    const hear = (_event: unknown, name: string, payload: unknown) => listener(name, payload)
    ipcRenderer.on('event', hear)
    return () => ipcRenderer.off('event', hear)
  },
}

/** Only a File that the system gave the page has a path: the page cannot name one itself. */
function pathsOf(files: unknown): { paths: string[] } {
  const found = Array.isArray(files) ? files : []
  const paths = found.map((file: unknown) =>
    file instanceof File ? webUtils.getPathForFile(file) : '',
  )
  return { paths: paths.filter((path) => path !== '') }
}

contextBridge.exposeInMainWorld('replicator', bridge)
