import { Worker } from 'node:worker_threads'
import type { Report, SavingThread } from '../desktop/saving/messages.ts'

/** Starts the thread that saves; `path` is its built entry. */
export function startSavingThread(path: string | URL, machineFolder: string): SavingThread {
  const worker = new Worker(path, { workerData: { machineFolder }, resourceLimits })
  let isMeant = false
  let failure: unknown
  return {
    send: (order) => worker.postMessage(order, []),
    hear(report, ended) {
      worker.on('message', (message: Report) => report(message))
      worker.on('error', (error) => (failure = error))
      worker.on('exit', (code) => {
        if (!isMeant) ended(failure ?? new Error(`The thread that saves has ended with ${code}.`))
      })
    },
    async end() {
      isMeant = true
      await worker.terminate()
    },
  }
}

/** What is young there are chunks of bytes, many and short-lived: as with the command line, little room keeps them from piling up. */
const resourceLimits = { maxYoungGenerationSizeMb: 3 }
