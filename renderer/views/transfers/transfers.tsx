import { Button } from '@mantine/core'
import { IconDownload, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import type { TransfersView } from '../../../main/api/shapes.ts'
import { Empty, FailedFace, Loading } from '../../components/face.tsx'
import { Message } from '../../components/message.tsx'
import { TallList } from '../../components/tall-list.tsx'
import { shortName } from '../../format/reference.ts'
import { attempt } from '../../stores/attempt.ts'
import { transfers } from '../../stores/mirrors.ts'
import { show } from '../../stores/view.ts'
import { pauseMark } from '../shell/shortcuts.ts'
import { CancelButton } from './cancel-button.tsx'
import { idsOf, isEnded, isRunning, phaseWords } from './phase.ts'
import { Safe } from './safe.tsx'
import { Total } from './total.tsx'
import { Transfer } from './transfer.tsx'
import './transfers.css'

/** The queue: in total, and each image. */
export function Transfers() {
  const mirror = transfers.use()
  return (
    <div className="view-scroll">
      <div className="page" style={{ minHeight: '100%' }}>
        <div className="view-head">
          <h1>Transfers</h1>
          {mirror.state === 'ready' && mirror.value.rows.length > 0 && (
            <Tools view={mirror.value} />
          )}
        </div>
        {mirror.state === 'loading' && <Loading label="Loading the transfers" />}
        {mirror.state === 'failed' && <FailedFace failure={mirror} />}
        {mirror.state === 'ready' &&
          (mirror.value.rows.length === 0 ? <Nothing /> : <Queue view={mirror.value} />)}
      </div>
    </div>
  )
}

function Queue({ view }: { view: TransfersView }) {
  const { rows } = view
  const last = rows.length - 1
  // Kept here: a row that is scrolled away is not drawn, and comes back as it was.
  const [unfolded, setUnfolded] = useState<readonly string[]>([])
  return (
    <>
      {view.isOffline && rows.some(({ phase }) => isRunning(phase)) && (
        <div role="status">
          <Message
            severity="look"
            message="Waiting for the network; nothing is lost."
            hint="The transfers go on by themselves when the line is back."
          />
        </div>
      )}
      {[...new Set(rows.flatMap(({ waitsFor }) => waitsFor ?? []))].map((reason) => (
        <div key={reason} role="status">
          <Message
            severity="look"
            message={reason}
            hint="What is to go there goes on by itself when the other run has ended."
          />
        </div>
      ))}
      {view.safe.map((safe) => (
        <Safe key={safe.place.grant} {...safe} />
      ))}
      <Total view={view} />
      <div className="transfers-list card">
        <TallList
          label="Transfers"
          rows={rows}
          rowHeight={69}
          idOf={({ id }) => id}
          labelOf={({ reference, phase }) => `${shortName(reference)}, ${phaseWords[phase]}`}
        >
          {(row, index) => (
            <Transfer
              row={row}
              isFirst={index === 0}
              isLast={index === last}
              showsLayers={unfolded.includes(row.id)}
              toggleLayers={() => setUnfolded(turned(unfolded, row.id))}
            />
          )}
        </TallList>
      </div>
    </>
  )
}

/** With the id if it was without, and the other way round. */
function turned(ids: readonly string[], id: string): string[] {
  return ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]
}

function Tools({ view: { rows, isPaused } }: { view: TransfersView }) {
  const running = idsOf(rows, isRunning)
  const paused = idsOf(rows, (phase) => phase === 'paused')
  const failed = idsOf(rows, (phase) => phase === 'failed')
  const ended = idsOf(rows, isEnded)
  const mayResume = isPaused || (running.length === 0 && paused.length > 0)
  return (
    <div className="row wrap push">
      {ended.length > 0 && (
        <Button variant="subtle" color="gray" onClick={() => void attempt('transfers.clear', {})}>
          Clear ended
        </Button>
      )}
      {failed.length > 1 && (
        <Button variant="default" onClick={() => void attempt('transfers.retry', { ids: failed })}>
          Retry {failed.length}
        </Button>
      )}
      {running.length + paused.length > 0 && (
        <CancelButton ids="all" number={running.length + paused.length} />
      )}
      {mayResume ? (
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => void attempt('transfers.resume', { ids: 'all' })}
          {...pauseMark}
        >
          Resume all
        </Button>
      ) : (
        running.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => void attempt('transfers.pause', { ids: 'all' })}
            {...pauseMark}
          >
            Pause all
          </Button>
        )
      )}
    </div>
  )
}

function Nothing() {
  return (
    <Empty
      icon={IconDownload}
      title="No transfers"
      ways={<Button onClick={() => show('catalogue')}>Open the catalogue</Button>}
    >
      Pick images in the catalogue, review the plan and start it. What runs stands here, also after
      a restart.
    </Empty>
  )
}
