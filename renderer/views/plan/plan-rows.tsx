import { IconAlertTriangle, IconCheck, IconPlus, IconRefresh } from '@tabler/icons-react'
import type { PlanRow } from '../../../main/api/shapes.ts'
import { IconWord } from '../../components/icon-word.tsx'
import { TallList } from '../../components/tall-list.tsx'
import { formatBytes } from '../../format/bytes.ts'
import { ReferenceName } from '../../components/reference-name.tsx'

const faces = {
  new: { icon: IconPlus, word: 'new', tone: '' },
  changed: { icon: IconRefresh, word: 'changed', tone: 'look' },
  present: { icon: IconCheck, word: 'present', tone: 'good' },
  failed: { icon: IconAlertTriangle, word: 'failed', tone: 'bad' },
} as const

/** Each image of a plan: whether it is new there, and its bytes. */
export function PlanRows({ rows }: { rows: readonly PlanRow[] }) {
  return (
    <section className="plan-rows card" aria-label="Images of this plan">
      <div aria-hidden="true" className="plan-head">
        <span>Image</span>
        <span>State</span>
        <span className="number">To fetch</span>
        <span className="number">Size</span>
      </div>
      <TallList
        label="Images"
        rows={rows}
        rowHeight={44}
        idOf={({ reference, platform }) => `${reference} ${platform}`}
      >
        {(row) => <Row row={row} />}
      </TallList>
    </section>
  )
}

function Row({ row }: { row: PlanRow }) {
  const face = faces[row.state]
  return (
    <div className="plan-row">
      <div className="cut">
        <p className="cut" title={row.reference}>
          <ReferenceName reference={row.reference} />{' '}
          <span className="soft tiny">{row.platform}</span>
        </p>
        {row.notes.length > 0 && (
          <p
            className={row.state === 'failed' ? 'tiny bad' : 'tiny soft'}
            style={{ overflowWrap: 'anywhere' }}
          >
            {row.notes.join(' · ')}
          </p>
        )}
      </div>
      <IconWord face={face} word={face.word} />
      <span className="number small">{row.fetchBytes > 0 ? formatBytes(row.fetchBytes) : '–'}</span>
      <span className="number small">{row.sizeBytes > 0 ? formatBytes(row.sizeBytes) : '–'}</span>
    </div>
  )
}
