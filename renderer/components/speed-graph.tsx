import { formatSpeed } from '../format/bytes.ts'

/** The last two minutes of speed as one line; its scale is the highest point. */
export function SpeedGraph({ speeds, height }: { speeds: readonly number[]; height: number }) {
  const now = speeds.at(-1) ?? 0
  const highest = Math.max(...speeds, 1)
  const line = pathOf(speeds, highest, height)
  return (
    <svg
      className="graph"
      viewBox={`0 0 120 ${height}`}
      preserveAspectRatio="none"
      style={{ height }}
      role="img"
      aria-label={`Speed of the last two minutes: now ${formatSpeed(now)}, at most ${formatSpeed(Math.max(...speeds, 0))}`}
    >
      {line !== '' && (
        <>
          <path className="area" d={`${line} V${height} H${120 - (speeds.length - 1)} Z`} />
          <path d={line} />
        </>
      )}
    </svg>
  )
}

/** One unit to the right is one second; the newest stands at the right edge. */
export function pathOf(speeds: readonly number[], highest: number, height: number): string {
  if (speeds.length < 2) return ''
  const left = 120 - (speeds.length - 1)
  const points = speeds.map((speed, index) => {
    const y = height - 1 - (speed / highest) * (height - 2)
    return `${left + index},${y.toFixed(2)}`
  })
  return `M${points.join(' L')}`
}
