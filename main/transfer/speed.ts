const WINDOW_MS = 10_000

/** Smooths a growing count of bytes over ten seconds, so that speed and time left do not jump. */
export function createSpeed(now: () => number = () => performance.now()): Speed {
  const samples: { atMs: number; bytes: number }[] = []
  let total = 0
  return {
    add(bytes) {
      total += bytes
      const atMs = now()
      const last = samples.at(-1)
      if (last && atMs - last.atMs < 100) last.bytes = total
      else samples.push({ atMs, bytes: total })
      while (samples.length > 2 && atMs - (samples[0]?.atMs ?? atMs) > WINDOW_MS) samples.shift()
    },
    bytesPerSecond() {
      const [first] = samples
      const elapsedMs = first ? now() - first.atMs : 0
      return first === undefined || elapsedMs < 500
        ? undefined
        : ((total - first.bytes) / elapsedMs) * 1000
    },
  }
}

export interface Speed {
  add(bytes: number): void
  /** Undefined until there is enough to tell. */
  bytesPerSecond(): number | undefined
}
