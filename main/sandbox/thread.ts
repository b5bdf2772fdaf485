import { parentPort } from 'node:worker_threads'
import { startSandbox } from './sandbox.ts'

// A thread of its own: making and compressing images must not hold up the window. Serves until it is ended.
const { site } = await startSandbox()
const port = parentPort
// A port's second argument is a list of what is transferred, not the target of a window's message.
port?.postMessage(site, [])
