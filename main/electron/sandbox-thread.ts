import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { RunningSandbox } from '../desktop/ports.ts'
import type { SiteFile } from '../ngc/site-file.ts'

/** Starts the sample NGC in a thread; `path` is its built entry. */
export async function startSandboxThread(path: string): Promise<RunningSandbox> {
  const worker = new Worker(path)
  const [site] = (await once(worker, 'message')) as [SiteFile]
  return {
    site,
    close: async () => {
      await worker.terminate()
    },
  }
}
