import type { TransfersView } from '../../../main/api/shapes.ts'
import { Bar } from '../../components/bar.tsx'
import { SpeedGraph } from '../../components/speed-graph.tsx'
import { formatBytes, formatSpeed, percent } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { timeLeft } from '../../format/duration.ts'
import { isKeptOut, isRunning } from './phase.ts'

/** How far, how fast, how long: legible from three metres. */
export function Total({ view }: { view: TransfersView }) {
  const { rows, totalBytes, doneBytes, bytesPerSecond, secondsLeft, speedHistory, isPaused } = view
  const done = rows.filter(({ phase }) => phase === 'done').length
  const runs = rows.some(({ phase }) => isRunning(phase)) && !isPaused
  return (
    <section className="total card" aria-label="In total">
      <div>
        <p className="figures">
          <span className="large">{percent(doneBytes, totalBytes)} %</span>
          <span className="strong">{stateOf(view, runs)}</span>
        </p>
        <p className="figures soft small">
          <span>
            {formatBytes(doneBytes)} of {formatBytes(totalBytes)}
          </span>
          {runs && !view.isOffline && bytesPerSecond !== undefined && (
            <span>{formatSpeed(bytesPerSecond)}</span>
          )}
          <span>
            {done} of {count(rows.length, 'image')} done
          </span>
        </p>
      </div>
      {runs && <SpeedGraph speeds={speedHistory} height={48} />}
      <Bar
        label="All transfers"
        part={doneBytes}
        whole={totalBytes}
        {...(!runs && doneBytes < totalBytes && { tone: 'still' })}
      />
      <p className="hidden" role="status">
        {/* Spoken in steps of ten, or a screen reader would never be silent. */}
        {Math.floor(percent(doneBytes, totalBytes) / 10) * 10} percent,{' '}
        {timeLeft(secondsLeft) ?? ''}
      </p>
    </section>
  )
}

function stateOf({ isPaused, isOffline, secondsLeft, rows }: TransfersView, runs: boolean): string {
  if (isPaused) return 'Paused'
  if (runs && isOffline) return 'Waiting for the network'
  if (runs && isKeptOut(rows)) return 'Waiting for another run'
  if (runs) return timeLeft(secondsLeft) ?? 'Measuring …'
  const failed = rows.filter(({ phase }) => phase === 'failed').length
  if (failed > 0) return `${failed} failed`
  return rows.some(({ phase }) => phase === 'paused') ? 'Paused' : 'Done'
}
