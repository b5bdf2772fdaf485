import { ActionIcon } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconFolder,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconStack2,
  type Icon,
} from '@tabler/icons-react'
import type { TransferRow } from '../../../main/api/shapes.ts'
import { attempt } from '../../stores/attempt.ts'
import { openLibrary } from '../../stores/library.ts'
import { show } from '../../stores/view.ts'
import { MoreButton } from '../../components/more-button.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { CancelButton } from './cancel-button.tsx'
import { isRunning } from './phase.ts'
import type { Action } from '../../stores/actions.ts'

/** What can be done with one transfer, as its phase allows. */
export function TransferButtons(props: {
  row: TransferRow
  name: string
  isFirst: boolean
  isLast: boolean
  showsLayers: boolean
  toggleLayers: () => void
  actions: () => readonly Action[]
  asking: [boolean, (isAsking: boolean) => void]
}) {
  const { row, name, isFirst, isLast, showsLayers, toggleLayers, actions, asking } = props
  const { id, phase, place, file } = row
  const ids = [id]
  const move = (by: -1 | 1) => void attempt('transfers.move', { id, by })
  if (phase === 'done')
    return (
      <div className="buttons">
        <SmallButton
          isQuiet
          aria-label={`Open ${name} in the library`}
          onClick={() => {
            show('library')
            void openLibrary(place)
          }}
        >
          Library
        </SmallButton>
        <Press
          icon={IconFolder}
          label={`Show ${name} in its folder`}
          press={() =>
            void attempt(
              'places.show',
              file === undefined ? { grant: place.grant } : { grant: place.grant, file },
            )
          }
        />
        <MoreButton title={name} actions={actions} size="lg" />
      </div>
    )
  return (
    <div className="buttons">
      {row.layers.length > 0 && (
        <Press
          icon={IconStack2}
          label={`Layers of ${name}`}
          isPressed={showsLayers}
          press={toggleLayers}
        />
      )}
      {(phase === 'waiting' || phase === 'paused') && (
        <>
          <Press
            icon={IconArrowUp}
            label={`Move ${name} up`}
            isDisabled={isFirst}
            press={() => move(-1)}
          />
          <Press
            icon={IconArrowDown}
            label={`Move ${name} down`}
            isDisabled={isLast}
            press={() => move(1)}
          />
        </>
      )}
      {isRunning(phase) && (
        <Press
          icon={IconPlayerPause}
          label={`Pause ${name}`}
          press={() => void attempt('transfers.pause', { ids })}
        />
      )}
      {phase === 'paused' && (
        <Press
          icon={IconPlayerPlay}
          label={`Resume ${name}`}
          press={() => void attempt('transfers.resume', { ids })}
        />
      )}
      {phase === 'cancelled' && (
        <Press
          icon={IconRefresh}
          label={`Retry ${name}`}
          press={() => void attempt('transfers.retry', { ids })}
        />
      )}
      {phase !== 'cancelled' && <CancelButton ids={ids} number={1} name={name} asking={asking} />}
      <MoreButton title={name} actions={actions} size="lg" />
    </div>
  )
}

function Press(props: {
  icon: Icon
  label: string
  press: () => void
  isDisabled?: boolean
  isPressed?: boolean
}) {
  const { icon: Mark, label, press, isDisabled, isPressed } = props
  return (
    <ActionIcon
      variant={isPressed ? 'light' : 'subtle'}
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      disabled={isDisabled ?? false}
      onClick={press}
    >
      <Mark size={16} aria-hidden />
    </ActionIcon>
  )
}
