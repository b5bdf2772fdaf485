/** Tells of changes at once, but never more often than every `everyMs`, save what is urgent: the last state always comes. */
export type Publisher = {
  touch: (isUrgent?: boolean) => void
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
  return {
    touch(isUrgent = false) {
      if (isClosed || (timer && !isUrgent)) return
      clearTimeout(timer)
      const waitMs = isUrgent ? 0 : lastAt + everyMs() - performance.now()
      // Never within the caller: it may be in the middle of a change of several steps.
      timer = setTimeout(now, Math.max(0, waitMs))
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
