import type { TransfersView } from '../../../main/api/shapes.ts'
import { Bar } from '../../components/bar.tsx'
import { SpeedGraph } from '../../components/speed-graph.tsx'
import { formatBytes, formatSpeed, percent } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { timeLeft } from '../../format/duration.ts'
import { isRunning, whyStill } from './phase.ts'

/** How far, how fast, how long: legible from three metres. */
export function Total({ view }: { view: TransfersView }) {
  const { rows, totalBytes, doneBytes, bytesPerSecond, secondsLeft, speedHistory, isPaused } = view
  const done = rows.filter(({ phase }) => phase === 'done').length
  // What failed or was cancelled asks for no bytes.
  const isMeasured = totalBytes > 0
  const runs = rows.some(({ phase }) => isRunning(phase)) && !isPaused
  return (
    <section className="total card" aria-label="In total">
      <div>
        <p className="figures">
          {isMeasured && <span className="large">{percent(doneBytes, totalBytes)} %</span>}
          <span className={isMeasured ? 'strong' : 'large'}>{stateOf(view, runs)}</span>
        </p>
        <p className="figures soft small">
          {isMeasured && (
            <span>
              {formatBytes(doneBytes)} of {formatBytes(totalBytes)}
            </span>
          )}
          {runs && whyStill(view) === undefined && bytesPerSecond !== undefined && (
            <span>{formatSpeed(bytesPerSecond)}</span>
          )}
          <span>
            {done} of {count(rows.length, 'image')} done
          </span>
        </p>
      </div>
      {runs && <SpeedGraph speeds={speedHistory} height={48} />}
      {isMeasured && (
        <Bar
          label="All transfers"
          part={doneBytes}
          whole={totalBytes}
          {...((!runs || whyStill(view) !== undefined) &&
            doneBytes < totalBytes && { tone: 'still' })}
        />
      )}
      <p className="hidden" role="status">
        {/* Spoken in steps of ten, or a screen reader would never be silent. */}
        {isMeasured && `${Math.floor(percent(doneBytes, totalBytes) / 10) * 10} percent, `}
        {timeLeft(secondsLeft) ?? ''}
      </p>
    </section>
  )
}

function stateOf(view: TransfersView, runs: boolean): string {
  const { isPaused, secondsLeft, rows } = view
  if (isPaused) return 'Paused'
  if (runs) return whyStill(view) ?? timeLeft(secondsLeft) ?? 'Measuring …'
  const failed = rows.filter(({ phase }) => phase === 'failed').length
  if (failed > 0) return `${failed} failed`
  if (rows.some(({ phase }) => phase === 'paused')) return 'Paused'
  return rows.every(({ phase }) => phase === 'cancelled') ? 'Cancelled' : 'Done'
}
