import { IconCircleCheck, IconPlayerPause } from '@tabler/icons-react'
import { Bar } from '../../components/bar.tsx'
import { SpeedGraph } from '../../components/speed-graph.tsx'
import type { DeliveryView } from '../../../main/api/shapes.ts'
import { formatSpeed } from '../../format/bytes.ts'
import { timeLeft } from '../../format/duration.ts'
import { valueOf } from '../../stores/mirror.ts'
import { delivery, transfers } from '../../stores/mirrors.ts'
import { isRunning, whyStill } from '../transfers/phase.ts'

/** The foot of the rail: how fast and how long, from every view. */
export function MiniStatus() {
  const view = valueOf(transfers.use())
  const handing = valueOf(delivery.use())
  if (handing?.state === 'running') return <Handing view={handing} />
  if (!view || view.rows.length === 0) return <div className="mini" />
  const running = view.rows.filter(({ phase }) => isRunning(phase)).length
  if (view.isPaused)
    return (
      <div className="mini">
        <p className="row small">
          <IconPlayerPause size={16} aria-hidden /> Paused
        </p>
        <Bar label="All transfers" part={view.doneBytes} whole={view.totalBytes} tone="still" />
      </div>
    )
  if (running === 0)
    return (
      <div className="mini">
        {view.safe.length > 0 && (
          <p className="row small good">
            <IconCircleCheck size={16} aria-hidden /> Safe to unplug
          </p>
        )}
      </div>
    )
  const still = whyStill(view)
  return (
    <div className="mini">
      <SpeedGraph speeds={view.speedHistory} height={24} />
      <p className="strong">
        {still ??
          (view.bytesPerSecond === undefined ? 'Starting' : formatSpeed(view.bytesPerSecond))}
      </p>
      <p className="tiny soft">{(still === undefined && timeLeft(view.secondsLeft)) || ' '}</p>
      <Bar
        label="All transfers"
        part={view.doneBytes}
        whole={view.totalBytes}
        {...(still !== undefined && { tone: 'still' })}
      />
    </div>
  )
}

/** Loading and pushing come first: somebody waits for them. */
function Handing({ view }: { view: Exclude<DeliveryView, { state: 'none' }> }) {
  const { kind, to, doneBytes, totalBytes, bytesPerSecond, secondsLeft } = view
  const title = `${kind === 'load' ? 'Loading into' : 'Pushing to'} ${to}`
  return (
    <div className="mini">
      <p className="small two-lines" title={title}>
        {title}
      </p>
      <p className="strong">
        {bytesPerSecond === undefined ? 'Starting' : formatSpeed(bytesPerSecond)}
      </p>
      <p className="tiny soft">{timeLeft(secondsLeft) || ' '}</p>
      <Bar label="Handing over" part={doneBytes} whole={totalBytes} />
    </div>
  )
}
