import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconFileUnknown,
  IconProgress,
} from '@tabler/icons-react'
import type { LibraryRow } from '../../../main/api/shapes.ts'
import { IconWord } from '../../components/icon-word.tsx'

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
  return <IconWord face={isKnown(status) ? faces[status] : faces.foreign} word={status} />
}

function isKnown(status: string): status is keyof typeof faces {
  return Object.hasOwn(faces, status)
}

/** What the last reading back said. */
export function verifiedWord({ verified }: LibraryRow): string {
  if (!verified) return 'not yet'
  return verified.ok ? 'intact' : 'damaged'
}
