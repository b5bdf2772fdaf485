import { IconCheck, IconCopy, IconFingerprint, IconTerminal2, IconX } from '@tabler/icons-react'
import type { Action } from '../../stores/actions.ts'
import { attempt, copy } from '../../stores/attempt.ts'
import { pick } from '../../stores/picking.ts'

/** What can be done with one tag, by its whole reference. */
export function tagActions(reference: string, isPicked: boolean): Action[] {
  return [
    {
      label: isPicked ? 'Remove from selection' : 'Add to selection',
      icon: isPicked ? IconX : IconCheck,
      act: () => pick([reference], !isPicked),
    },
    {
      label: 'Copy reference',
      icon: IconCopy,
      isApart: true,
      act: () => void copy(reference, reference),
    },
    {
      label: 'Copy docker pull command',
      icon: IconTerminal2,
      act: () => void copy(`docker pull ${reference}`, 'the command'),
    },
    { label: 'Copy digest', icon: IconFingerprint, act: () => void copyDigest(reference) },
  ]
}

/** The catalogue does not tell it: the registry is asked. */
async function copyDigest(reference: string): Promise<void> {
  const digest = await attempt('catalogue.digest', { reference })
  if (digest !== undefined) await copy(digest, 'the digest')
}
