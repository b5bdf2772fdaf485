import { parentPort, workerData } from 'node:worker_threads'
import { serveSaving } from './serve-saving.ts'

// A thread of its own: see `Saving`. It runs until main ends it.
const port = parentPort
const { machineFolder } = workerData as { machineFolder: string }
if (!port) throw new Error('This is a thread of the desktop, and not a program.')
port.on('message', serveSaving({ machineFolder, send: (report) => port.postMessage(report, []) }))
