import {
  IconCopy,
  IconFolder,
  IconFolders,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconX,
} from '@tabler/icons-react'
import type { TransferRow } from '../../../main/api/shapes.ts'
import type { Action } from '../../stores/actions.ts'
import { attempt, copy } from '../../stores/attempt.ts'
import { openLibrary } from '../../stores/library.ts'
import { show } from '../../stores/view.ts'
import { isRunning } from './phase.ts'

/** What can be done with one transfer, as its phase allows; cancelling asks first, with `askCancel`. */
export function transferActions(row: TransferRow, askCancel: () => void): Action[] {
  const { id, phase, place, reference, file } = row
  const ids = [id]
  const steps: Action[] = []
  if (isRunning(phase))
    steps.push({
      label: 'Pause',
      icon: IconPlayerPause,
      act: () => void attempt('transfers.pause', { ids }),
    })
  if (phase === 'paused')
    steps.push({
      label: 'Resume',
      icon: IconPlayerPlay,
      act: () => void attempt('transfers.resume', { ids }),
    })
  if (phase === 'failed' || phase === 'cancelled')
    steps.push({
      label: 'Retry',
      icon: IconRefresh,
      act: () => void attempt('transfers.retry', { ids }),
    })
  if (phase !== 'done' && phase !== 'cancelled')
    steps.push({ label: 'Cancel …', icon: IconX, act: askCancel })
  return [
    ...steps,
    {
      label: 'Show in folder',
      icon: IconFolder,
      isApart: steps.length > 0,
      act: () =>
        void attempt('places.show', {
          grant: place.grant,
          ...(file !== undefined && { file }),
        }),
    },
    {
      label: 'Open in library',
      icon: IconFolders,
      act: () => {
        show('library')
        void openLibrary(place)
      },
    },
    { label: 'Copy reference', icon: IconCopy, act: () => void copy(reference, 'the reference') },
  ]
}
