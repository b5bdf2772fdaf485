/** Tells of changes at once, but never more often than every `everyMs`: the last state always comes. */
export type Publisher = {
  touch: () => void
  /** Tells of this change now, however late the last one was told. */
  hurry: () => void
  close: () => void
}

export function createPublisher(send: () => void, everyMs: () => number = () => 150): Publisher {
  let timer: NodeJS.Timeout | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  let isClosed = false
  const now = (): void => {
    timer = undefined
    lastAt = performance.now()
    send()
  }
  // Never within the caller: it may be in the middle of a change of several steps.
  const tellIn = (ms: number): void => {
    clearTimeout(timer)
    if (!isClosed) timer = setTimeout(now, Math.max(0, ms))
  }

  return {
    touch() {
      if (timer === undefined) tellIn(lastAt + everyMs() - performance.now())
    },
    hurry: () => tellIn(0),
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
