/** Waits for work no longer than the signal allows: dockerode's short requests know none. */
export async function within<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return await work
  work.catch(() => undefined)
  return await new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.throwIfAborted()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
