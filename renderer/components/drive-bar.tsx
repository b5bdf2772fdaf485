import type { Drive } from '../../main/api/shapes.ts'
import { formatBytes } from '../format/bytes.ts'

/** A drive as a bar: what is used, what this plan adds, what stays free. */
export function DriveBar({ drive, planBytes }: { drive: Drive; planBytes?: number }) {
  const used = drive.totalBytes - drive.freeBytes
  const plan = Math.min(planBytes ?? 0, drive.freeBytes)
  const isOver = (planBytes ?? 0) > drive.freeBytes
  const share = (bytes: number) => `${drive.totalBytes > 0 ? (bytes / drive.totalBytes) * 100 : 0}%`
  const free = formatBytes(drive.freeBytes - plan)
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
