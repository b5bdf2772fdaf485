import { formatSpeed } from '../format/bytes.ts'
import { pathOf } from './graph-path.ts'

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
