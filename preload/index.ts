import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge, Envelope } from '../main/api/contract.ts'

const bridge: Bridge = {
  call: async (name, input) => (await ipcRenderer.invoke('call', name, input)) as Envelope,
  listen: (listener) => {
    const hear = (_event: unknown, name: string, payload: unknown) => listener(name, payload)
    ipcRenderer.on('event', hear)
    return () => ipcRenderer.off('event', hear)
  },
}

contextBridge.exposeInMainWorld('replicator', bridge)
