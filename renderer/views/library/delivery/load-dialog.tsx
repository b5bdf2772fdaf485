import { Button, Modal, Radio } from '@mantine/core'
import { useState } from 'react'
import type { EngineRow, LoadPlanView } from '../../../../main/api/shapes.ts'
import { FailedFace, Loading } from '../../../components/face.tsx'
import { Message } from '../../../components/message.tsx'
import { BoundedList } from '../../../components/bounded-list.tsx'
import { ReferenceName } from '../../../components/reference-name.tsx'
import { useAsked } from '../../../components/use-asked.ts'
import { formatBytes } from '../../../format/bytes.ts'
import { count } from '../../../format/count.ts'
import { call } from '../../../replicator.ts'
import { sayFailure } from '../../../stores/attempt.ts'
import { EngineList, EngineWords } from './engine-list.tsx'

type Asking = { grant: string; ids: string[]; close: () => void }

/** Which engine, and what loading into it would do; then begins. */
export function LoadDialog({ grant, ids, close }: Asking) {
  const [found, lookAgain] = useAsked('engines.find', {})
  const [chosen, setChosen] = useState<string>()
  const engines = found.state === 'ready' ? found.value.engines : []
  const engine = engines.find(({ id }) => id === chosen) ?? engines[0]
  return (
    <Modal
      opened
      onClose={close}
      title={`Load ${count(ids.length, 'image')}`}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="stack">
        {(found.state === 'loading' || found.state === 'idle') && (
          <Loading label="Looking for engines" rows={3} />
        )}
        {found.state === 'failed' && <FailedFace failure={found} retry={lookAgain} />}
        {found.state === 'ready' && (
          <EngineList found={found.value}>
            {(one) => (
              <Radio
                name="engine"
                checked={one.id === engine?.id}
                onChange={() => setChosen(one.id)}
                label={<EngineWords engine={one} />}
              />
            )}
          </EngineList>
        )}
        {found.state === 'ready' && engine === undefined && (
          <div className="row">
            <Button className="push" variant="default" onClick={lookAgain}>
              Look again
            </Button>
          </div>
        )}
        {engine && <Planned key={engine.id} engine={engine.id} {...{ grant, ids, close }} />}
      </div>
    </Modal>
  )
}

function Planned({ grant, ids, engine, close }: Asking & { engine: string }) {
  const [plan, retry] = useAsked('load.plan', { grant, ids, engine })
  if (plan.state === 'failed') return <FailedFace failure={plan} retry={retry} />
  if (plan.state !== 'ready') return <Loading label="Asking the engine what it has" rows={3} />
  return <Plan plan={plan.value} close={close} />
}

function scratchWords({ scratch }: EngineRow): string {
  if (scratch === undefined) return ''
  const { folder, freeBytes } = scratch
  return ` in ${folder}${freeBytes === undefined ? '' : `, which has ${formatBytes(freeBytes)} free`}`
}

const words = { load: 'to load', tag: 'to name', held: 'there', refused: 'refused' } as const

function Plan({ plan, close }: { plan: LoadPlanView; close: () => void }) {
  const { id, rows, engine, keptBytes, scratchBytes } = plan
  const isIdle = rows.every(({ state }) => state === 'held' || state === 'refused')
  const space = [
    `It takes about ${formatBytes(keptBytes)}`,
    engine.freeBytes !== undefined && ` of ${formatBytes(engine.freeBytes)} free`,
    scratchBytes > 0 && `, and ${formatBytes(scratchBytes)} meanwhile${scratchWords(engine)}`,
  ]
  const start = async () => {
    try {
      await call('load.start', { plan: id })
      close()
    } catch (error) {
      sayFailure(error)
    }
  }
  return (
    <>
      <BoundedList label="Images to load" rows={rows} idOf={({ name }) => name}>
        {({ name, state, sizeBytes, failure }) => (
          <div className="delivery-row">
            <div className="cut">
              <p className="cut" title={name}>
                <ReferenceName reference={name} />
              </p>
              {failure && (
                <p className="tiny bad why">
                  {[failure.message, failure.hint].filter(Boolean).join(' ')}
                </p>
              )}
            </div>
            <span className={`small ${state === 'refused' ? 'bad' : 'soft'}`}>{words[state]}</span>
            <span className="number small">{sizeBytes > 0 ? formatBytes(sizeBytes) : '–'}</span>
          </div>
        )}
      </BoundedList>
      {isIdle ? (
        <Message severity="note" message="There is nothing to load." />
      ) : (
        <p className="small soft">{`${space.filter(Boolean).join('')}.`}</p>
      )}
      <div className="row">
        <Button className="push" disabled={isIdle} onClick={() => void start()}>
          Load into {engine.name}
        </Button>
      </div>
    </>
  )
}
