import {
  IconBox,
  IconCopy,
  IconFingerprint,
  IconFolder,
  IconShieldCheck,
  IconTerminal2,
  IconUpload,
} from '@tabler/icons-react'
import type { LibraryRow } from '../../../main/api/shapes.ts'
import type { Action } from '../../stores/actions.ts'
import { askDelivery } from '../../stores/delivery-asked.ts'
import { attempt, copy } from '../../stores/attempt.ts'

/** What can be done with one image of the library that `grant` stands for. */
export function imageActions(grant: string, row: LibraryRow): Action[] {
  const { id, file, reference, digest } = row
  return [
    {
      label: 'Verify',
      icon: IconShieldCheck,
      isDisabled: row.status === 'foreign' || row.status === 'partial',
      act: () => void attempt('library.verify', { grant, ids: [id] }),
    },
    {
      label: 'Load …',
      icon: IconBox,
      isDisabled: row.status !== 'complete',
      act: () => askDelivery({ kind: 'load', grant, ids: [id] }),
    },
    {
      label: 'Push …',
      icon: IconUpload,
      isDisabled: row.status !== 'complete',
      act: () => askDelivery({ kind: 'push', grant, ids: [id] }),
    },
    {
      label: 'Show in folder',
      icon: IconFolder,
      act: () => void attempt('places.show', { grant, file: row.files?.[0] ?? file }),
    },
    {
      label: 'Copy reference',
      icon: IconCopy,
      isApart: true,
      isDisabled: reference === undefined,
      act: () => void copy(reference ?? '', 'the reference'),
    },
    {
      label: 'Copy digest',
      icon: IconFingerprint,
      isDisabled: digest === undefined,
      act: () => void copy(digest ?? '', 'the digest'),
    },
    {
      label: 'Copy load command',
      icon: IconTerminal2,
      isDisabled: reference === undefined,
      act: () => void copyLoadCommand(grant, id),
    },
  ]
}

/** The first way that the image's own page names. */
async function copyLoadCommand(grant: string, id: string): Promise<void> {
  const image = await attempt('library.image', { grant, id })
  const [way] = image?.loadCommands ?? []
  if (way) await copy(way.command, `the command for ${way.engine}`)
}
