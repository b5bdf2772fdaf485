import type { Ports } from './ports.ts'

/** How fast the line was the last times: for saying how long a plan will take. */
export type SpeedService = {
  line: () => number | undefined
  /** A transfer has fetched this much in this time, all transfers of that time together. */
  measured: (fetchedBytes: number, seconds: number) => void
}

/** Less says nothing: the first round trips weigh too much. */
const leastBytes = 2_000_000
const leastSeconds = 0.5

export function createSpeeds({ keep }: Pick<Ports, 'keep'>): SpeedService {
  const kept = keep('speeds')
  return {
    line: () => kept.get().lineBytesPerSecond,
    measured(fetchedBytes, seconds) {
      if (fetchedBytes < leastBytes || seconds < leastSeconds) return
      const now = fetchedBytes / seconds
      const before = kept.get().lineBytesPerSecond ?? now
      kept.set({ version: 1, lineBytesPerSecond: before * 0.6 + now * 0.4 })
    },
  }
}
