import type { ImageRecord } from '../../../main/api/shapes.ts'
import { formatMoment } from '../../format/date.ts'

const words = {
  saved: 'Saved',
  verified: 'Verified',
  loaded: 'Loaded',
  pushed: 'Pushed',
} as const
const failed = {
  saved: 'Not saved',
  verified: 'Damaged',
  loaded: 'Not loaded',
  pushed: 'Not pushed',
} as const

/** What was done with an image, the last first. */
export function Records({ records }: { records: readonly ImageRecord[] }) {
  if (records.length === 0) return null
  return (
    <section aria-label="What was done">
      <h2>What was done</h2>
      <ol className="records">
        {records.toReversed().map(({ atMs, what, ok, version, detail }, at) => (
          <li key={`${atMs}-${what}-${at}`} className={ok ? undefined : 'is-bad'}>
            <p className="small">
              <span className={ok ? 'strong' : 'strong bad'}>
                {ok ? words[what] : failed[what]}
              </span>{' '}
              {detail}
            </p>
            <p className="tiny soft">
              {formatMoment(atMs)}, version {version}
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}
