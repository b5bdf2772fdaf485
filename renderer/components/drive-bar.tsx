import type { Drive } from '../../main/api/shapes.ts'
import { formatBytes } from '../format/bytes.ts'

/** A drive as a bar: what is used, what this plan adds, what stays free. */
export function DriveBar({ drive, planBytes }: { drive: Drive; planBytes?: number }) {
  const { totalBytes, freeBytes } = drive
  if (freeBytes === undefined) {
    return <div className="drive-bar" role="img" aria-label={unknownLabel(planBytes)} />
  }
  const used = totalBytes - freeBytes
  const plan = Math.min(planBytes ?? 0, freeBytes)
  const isOver = (planBytes ?? 0) > freeBytes
  const share = (bytes: number) => `${totalBytes > 0 ? (bytes / totalBytes) * 100 : 0}%`
  const free = formatBytes(freeBytes - plan)
  const label =
    planBytes === undefined
      ? `${formatBytes(used)} used, ${free} free`
      : `${formatBytes(used)} used, this plan ${formatBytes(planBytes)}, ${isOver ? 'does not fit' : `${free} stay free`}`
  return (
    <div className="drive-bar" role="img" aria-label={label}>
      <span className="used" style={{ width: share(used) }} />
      {plan > 0 && (
        <span className={isOver ? 'adds over' : 'adds'} style={{ width: share(plan) }} />
      )}
    </div>
  )
}

function unknownLabel(planBytes: number | undefined): string {
  const plan = planBytes === undefined ? '' : `, this plan ${formatBytes(planBytes)}`
  return `Free space unknown${plan}`
}
