import {
  IconAlertCircle,
  IconArrowsExchange,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconDeviceFloppy,
  IconDownload,
  IconPlayerPause,
  IconShieldCheck,
  IconUsb,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { Phase, TransferRow } from '../../../main/api/shapes.ts'
import { Bar } from '../../components/bar.tsx'
import { ReferenceName } from '../../components/reference-name.tsx'
import { placeName } from '../../format/place.ts'
import { formatBytes, formatSpeed } from '../../format/bytes.ts'
import { timeLeft } from '../../format/duration.ts'
import { partsOf } from '../../format/reference.ts'
import { askActions } from '../../stores/actions.ts'
import { Layers } from './layers.tsx'
import { isRunning, phaseWords } from './phase.ts'
import { transferActions } from './transfer-actions.ts'
import { TransferButtons } from './transfer-buttons.tsx'
import { TransferFailure } from './transfer-failure.tsx'

const icons = {
  waiting: IconClock,
  resolving: IconArrowsExchange,
  pulling: IconDownload,
  saving: IconDeviceFloppy,
  checking: IconShieldCheck,
  downloading: IconDownload,
  full: IconPlayerPause,
  flushing: IconUsb,
  verifying: IconShieldCheck,
  done: IconCircleCheck,
  paused: IconPlayerPause,
  failed: IconAlertCircle,
  cancelled: IconCircleX,
} as const

const tones: Partial<Record<Phase, string>> = {
  done: 'good',
  failed: 'bad',
  full: 'look',
  paused: 'look',
  waiting: 'soft',
  cancelled: 'soft',
}

/** One image on its way. */
export function Transfer(props: {
  row: TransferRow
  isFirst: boolean
  isLast: boolean
  showsLayers: boolean
  toggleLayers: () => void
}) {
  const { row, isFirst, isLast, showsLayers, toggleLayers } = props
  const [isAsking, setAsking] = useState(false)
  const actions = () => transferActions(row, () => setAsking(true))
  const { name, tag } = partsOf(row.reference)
  const { phase } = row
  const Mark = icons[phase]
  const hasBar = phase !== 'done' && phase !== 'cancelled'
  return (
    <div
      className="transfer"
      onContextMenu={(event) => {
        event.preventDefault()
        askActions(`${name} ${tag}`, actions(), event)
      }}
    >
      <Mark size={20} stroke={1.5} className={tones[phase] ?? ''} aria-hidden />
      <div className="cut">
        <p className="cut" title={row.reference}>
          <ReferenceName reference={row.reference} />
        </p>
        <p className="facts">
          <span className={tones[phase] ?? ''}>
            {row.waitsFor === undefined ? phaseWords[phase] : 'Waiting for another run'}
          </span>
          <span>{bytesOf(row)}</span>
          {isRunning(phase) && row.bytesPerSecond !== undefined && (
            <span>{formatSpeed(row.bytesPerSecond)}</span>
          )}
          {isRunning(phase) && row.secondsLeft !== undefined && (
            <span>{timeLeft(row.secondsLeft)}</span>
          )}
          <span className="cut" title={row.place.label}>
            {row.platform} · {placeName(row.place)}
          </span>
        </p>
      </div>
      <TransferButtons
        row={row}
        name={`${name} ${tag}`}
        isFirst={isFirst}
        isLast={isLast}
        showsLayers={showsLayers}
        actions={actions}
        asking={[isAsking, setAsking]}
        toggleLayers={toggleLayers}
      />
      {hasBar && (
        <div className="under">
          <Bar
            label={`${name} ${tag}`}
            part={row.durableBytes}
            ahead={row.share * row.sizeBytes}
            whole={row.sizeBytes}
            {...(phase === 'failed' && { tone: 'bad' })}
            {...((phase === 'paused' || phase === 'waiting' || phase === 'full') && {
              tone: 'still',
            })}
          />
        </div>
      )}
      {row.failure && (
        <div className="under">
          <TransferFailure id={row.id} failure={row.failure} isOver={phase === 'failed'} />
        </div>
      )}
      {showsLayers && (
        <div className="under">
          <Layers layers={row.layers} />
        </div>
      )}
    </div>
  )
}

function bytesOf(row: TransferRow): string {
  const { phase, sizeBytes, writtenBytes, durableBytes, verifiedBytes } = row
  if (sizeBytes <= 0) return ''
  if (phase === 'verifying')
    return `${formatBytes(verifiedBytes ?? 0)} of ${formatBytes(sizeBytes)}`
  if (phase === 'done' || phase === 'waiting' || phase === 'resolving')
    return formatBytes(sizeBytes)
  if ((phase === 'failed' || phase === 'paused') && writtenBytes === 0)
    return formatBytes(sizeBytes)
  if (phase === 'flushing')
    return `${formatBytes(Math.max(0, sizeBytes - durableBytes))} left to flush`
  return `${formatBytes(writtenBytes)} of ${formatBytes(sizeBytes)}`
}
