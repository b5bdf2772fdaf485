import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconPlayerStop,
  IconProgress,
} from '@tabler/icons-react'
import type { DeliveryRow } from '../../../../main/api/shapes.ts'
import { Bar } from '../../../components/bar.tsx'
import { BoundedList } from '../../../components/bounded-list.tsx'
import { ReferenceName } from '../../../components/reference-name.tsx'
import { IconWord } from '../../../components/icon-word.tsx'
import { formatBytes } from '../../../format/bytes.ts'
import { shortName } from '../../../format/reference.ts'

const faces = {
  waiting: { icon: IconCircleDashed, word: 'waiting', tone: 'soft' },
  running: { icon: IconProgress, word: 'under way', tone: '' },
  unpacking: { icon: IconProgress, word: 'unpacking', tone: '' },
  done: { icon: IconCheck, word: 'done', tone: 'good' },
  there: { icon: IconCheck, word: 'there', tone: 'good' },
  failed: { icon: IconAlertTriangle, word: 'failed', tone: 'bad' },
  stopped: { icon: IconPlayerStop, word: 'stopped', tone: 'soft' },
} as const

/** Each image of a delivery with its bytes, and what came of it. */
export function DeliveryRows({ rows }: { rows: readonly DeliveryRow[] }) {
  return (
    <BoundedList label="Images handed over" rows={rows} idOf={({ id }) => id}>
      {(row) => <Row row={row} />}
    </BoundedList>
  )
}

function Row({ row }: { row: DeliveryRow }) {
  const { name, phase, sizeBytes, doneBytes, note, failure } = row
  const face = faces[phase]
  const isUnderWay = phase === 'running' || phase === 'unpacking'
  return (
    <div className="delivery-row">
      <div className="cut">
        <p className="cut" title={name}>
          <ReferenceName reference={name} />
        </p>
        {isUnderWay ? (
          <Bar label={shortName(name)} part={doneBytes} whole={sizeBytes} />
        ) : (
          <p className={`tiny why ${phase === 'failed' ? 'bad' : 'soft'}`}>
            {failure ? [failure.message, failure.hint].filter(Boolean).join(' ') : note}
          </p>
        )}
      </div>
      <IconWord face={face} word={face.word} />
      <span className="number small">
        {isUnderWay ? `${formatBytes(doneBytes)} of ` : ''}
        {sizeBytes > 0 ? formatBytes(sizeBytes) : '–'}
      </span>
    </div>
  )
}
