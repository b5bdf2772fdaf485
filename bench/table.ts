import type { Cost } from './measure.ts'

/** The middle one of several figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** `4.1 (3.9–4.4)`: the median, and the least and the most. */
export function spread(figures: readonly number[], digits = 1): string {
  const [least, most] = [Math.min(...figures), Math.max(...figures)]
  const middle = median(figures).toFixed(digits)
  return figures.length === 1
    ? middle
    : `${middle} (${least.toFixed(digits)}–${most.toFixed(digits)})`
}

/** The same of bytes, in MB. */
export function spreadMb(bytes: readonly number[]): string {
  return spread(
    bytes.map((each) => each / 1e6),
    0,
  )
}

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map((cells) => line(cells)),
  ].join('\n')
}

/** One row for each contender, the first of them being the measure of all. */
export function costTable(
  costs: ReadonlyMap<string, readonly Cost[]>,
  outputBytes: ReadonlyMap<string, number>,
): string {
  const own = [...costs.values()][0]!
  const ownSeconds = median(own.map(({ seconds }) => seconds))
  const rows = [...costs].map(([name, runs]) => {
    const output = outputBytes.get(name) ?? 0
    const written = median(runs.map(({ writtenBytes }) => writtenBytes))
    return [
      name,
      spread(
        runs.map(({ seconds }) => seconds),
        2,
      ),
      (median(runs.map(({ seconds }) => seconds)) / ownSeconds).toFixed(2),
      spread(
        runs.map(({ cpuSeconds }) => cpuSeconds),
        2,
      ),
      spreadMb(runs.map(({ peakBytes }) => peakBytes)),
      (output / 1e6).toFixed(0),
      output > 0 ? (written / output).toFixed(2) : '–',
      (Math.max(0, written - output) / 1e6).toFixed(0),
    ]
  })
  return markdownTable(
    [
      '',
      'seconds',
      '× ours',
      'CPU seconds',
      'peak MB',
      'output MB',
      'written ÷ output',
      'temporary MB',
    ],
    rows,
  )
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
