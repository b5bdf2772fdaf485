import { parentPort, workerData } from 'node:worker_threads'
import { endHashing } from '../../archive/sha256.ts'
import type { Report } from './messages.ts'
import { packError } from './packed-error.ts'
import { serveSaving } from './serve-saving.ts'

// A thread of its own: see `Saving`. It runs until main ends it.
const port = parentPort
const { machineFolder } = workerData as { machineFolder: string }
if (!port) throw new Error('This is a thread of the desktop, and not a program.')
const send = (report: Report): void => port.postMessage(report, [])
const nobody = (line: string) => (error: unknown) =>
  send({ is: 'log', line, error: packError(error) })
process.on('uncaughtException', nobody('An error was caught by nobody.'))
process.on('unhandledRejection', nobody('A rejection was handled by nobody.'))
port.on('message', serveSaving({ machineFolder, send, endHashing }))
