import { useState } from 'react'
import type { DeliveryView } from '../../../../main/api/shapes.ts'
import { Bar } from '../../../components/bar.tsx'
import { Message } from '../../../components/message.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { formatBytes, formatSpeed } from '../../../format/bytes.ts'
import { count } from '../../../format/count.ts'
import { timeLeft } from '../../../format/duration.ts'
import { attempt } from '../../../stores/attempt.ts'
import { valueOf } from '../../../stores/mirror.ts'
import { delivery } from '../../../stores/mirrors.ts'
import { DeliveryRows } from './delivery-rows.tsx'

type Delivery = Exclude<DeliveryView, { state: 'none' }>

/** What is being loaded or pushed, or was: how far, how fast, and what came of it. */
export function DeliveryStrip() {
  const view = valueOf(delivery.use())
  const [isOpen, setOpen] = useState(false)
  if (view === undefined || view.state === 'none') return null
  return (
    <section className="strip stack" aria-label={titleOf(view)}>
      {view.state === 'running' ? <Running view={view} /> : <Ended view={view} />}
      <div className="row flush-start">
        <SmallButton isQuiet aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide images' : 'Show images'}
        </SmallButton>
        {view.state !== 'running' && (
          <SmallButton isQuiet onClick={() => void attempt('delivery.clear', {})}>
            Dismiss
          </SmallButton>
        )}
      </div>
      {isOpen && <DeliveryRows rows={view.rows} />}
    </section>
  )
}

function titleOf({ kind, to }: Delivery): string {
  return kind === 'load' ? `Loading into ${to}` : `Pushing to ${to}`
}

function Running({ view }: { view: Delivery }) {
  const { doneBytes, totalBytes, bytesPerSecond, secondsLeft, waiting } = view
  const words = [
    `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
    bytesPerSecond !== undefined && formatSpeed(bytesPerSecond),
    timeLeft(secondsLeft),
  ]
  const isUnpacking = view.rows.some(({ phase }) => phase === 'unpacking')
  return (
    <>
      <div className="row">
        <p className="cut" role="status">
          {titleOf(view)}
        </p>
        <SmallButton className="push" onClick={() => void attempt('delivery.stop', {})}>
          Stop
        </SmallButton>
      </div>
      <Bar label={titleOf(view)} part={doneBytes} whole={totalBytes} />
      <p className="small soft">
        {waiting ??
          (isUnpacking
            ? `${view.to} has all the bytes and is unpacking them.`
            : words.filter(Boolean).join(', '))}
      </p>
    </>
  )
}

function Ended({ view }: { view: Delivery }) {
  const { kind, to, rows, failure, state } = view
  const number = (...phases: string[]): number =>
    rows.filter(({ phase }) => phases.includes(phase)).length
  const failed = number('failed')
  const did = kind === 'load' ? 'loaded into' : 'pushed to'
  const parts = [
    `${count(number('done'), 'image')} ${did} ${to}`,
    number('there') > 0 && `${number('there')} there already`,
    failed > 0 && `${failed} failed`,
    state === 'stopped' && `stopped before ${count(number('stopped'), 'image')}`,
  ]
  const first = rows.find(({ phase }) => phase === 'failed')?.failure
  const told = failure ?? first
  return (
    <div role="status">
      <Message
        severity={failed > 0 || failure ? 'look' : 'note'}
        message={`${parts.filter(Boolean).join(', ')}.`}
        {...(told && { hint: [told.message, told.hint].filter(Boolean).join(' ') })}
      />
    </div>
  )
}
