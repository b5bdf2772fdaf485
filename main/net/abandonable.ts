import { cancelled } from './failure.ts'

/** Waits for work that others share: the signal ends the waiting, with AppError `cancelled`, and not the work. */
export function abandonable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(cancelled(signal))
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
