import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconFileUnknown,
  IconProgress,
} from '@tabler/icons-react'
import type { LibraryRow } from '../../../main/api/shapes.ts'

const faces = {
  complete: { icon: IconCircleCheck, tone: '' },
  partial: { icon: IconProgress, tone: 'look' },
  torn: { icon: IconCircleX, tone: 'bad' },
  damaged: { icon: IconCircleX, tone: 'bad' },
  unreadable: { icon: IconAlertTriangle, tone: 'bad' },
  foreign: { icon: IconFileUnknown, tone: 'soft' },
} as const

/** How a tarball stands, as an icon and a word. */
export function Standing({ status }: { status: string }) {
  const { icon: Mark, tone } = isKnown(status) ? faces[status] : faces.foreign
  return (
    <span className={`row small ${tone}`} style={{ gap: 4 }}>
      <Mark size={16} aria-hidden />
      <span className="cut">{status}</span>
    </span>
  )
}

function isKnown(status: string): status is keyof typeof faces {
  return Object.hasOwn(faces, status)
}

/** What the last reading back said. */
export function verifiedWord({ verified }: LibraryRow): string {
  if (!verified) return 'not yet'
  return verified.ok ? 'intact' : 'damaged'
}
