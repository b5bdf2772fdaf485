import type { CoreSettings } from '../core-settings.ts'
import type { Order, Report, SavingThread } from './messages.ts'
import { packError, unpackError } from './packed-error.ts'
import type { Saving, SaveUpdate } from './saving.ts'

type Waiting = {
  done: (file: string | undefined) => void
  failed: (error: unknown) => void
  heard: (update: SaveUpdate) => void
}

/** Main's side: has everything done by the thread, which is started when it is needed first, and anew when it has died. */
export function orderSaving(parts: {
  start: () => SavingThread
  settings: () => Promise<CoreSettings>
  log: (line: string, error?: unknown) => void
}): Saving {
  const { start, settings, log } = parts
  const waiting = new Map<number, Waiting>()
  let running: SavingThread | undefined
  let nextId = 1
  let ended: (() => void) | undefined
  let isClosed = false

  const hear = (report: Report): void => {
    switch (report.is) {
      case 'update':
        waiting.get(report.id)?.heard(report.update)
        return
      case 'done':
        waiting.get(report.id)?.done(report.file)
        return
      case 'failed':
        waiting.get(report.id)?.failed(unpackError(report.error))
        return
      case 'log':
        log(report.line, report.error && unpackError(report.error))
        return
      case 'ended':
        ended?.()
    }
  }
  const thread = (): SavingThread => {
    if (running) return running
    const started = start()
    running = started
    started.hear(hear, (error) => {
      if (running === started) running = undefined
      ended?.()
      for (const { failed } of waiting.values()) failed(error)
    })
    return started
  }
  const order = async (
    told: (id: number) => Order,
    signal?: AbortSignal,
    heard: Waiting['heard'] = () => undefined,
  ): Promise<string | undefined> => {
    const id = nextId
    nextId += 1
    const stop = (): void => running?.send({ do: 'stop', id, why: packError(signal?.reason) })
    try {
      return await new Promise<string | undefined>((done, failed) => {
        waiting.set(id, { done, failed, heard })
        thread().send(told(id))
        signal?.addEventListener('abort', stop, { once: true })
      })
    } finally {
      signal?.removeEventListener('abort', stop)
      waiting.delete(id)
    }
  }

  return {
    async prepare() {
      const core = await settings()
      if (!isClosed) thread().send({ do: 'prepare', core })
    },
    async save(task, heard, signal) {
      const core = await settings()
      signal.throwIfAborted()
      return await order((id) => ({ do: 'save', id, task, core }), signal, heard)
    },
    async putApp(task, signal) {
      const core = await settings()
      signal.throwIfAborted()
      await order((id) => ({ do: 'put-app', id, task, core }), signal)
    },
    async discard(target) {
      await order((id) => ({ do: 'discard', id, target }))
    },
    limit: (bytesPerSecond) => running?.send({ do: 'limit', bytesPerSecond }),
    async close() {
      isClosed = true
      const last = running
      if (!last) return
      await new Promise<void>((resolve) => {
        ended = resolve
        last.send({ do: 'end' })
      })
      running = undefined
      await last.end()
    },
  }
}
