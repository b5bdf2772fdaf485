import type { LibraryView } from '../../../main/api/shapes.ts'
import { Bar } from '../../components/bar.tsx'
import { Message } from '../../components/message.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { formatBytes, percent } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { attempt } from '../../stores/attempt.ts'

/** How far the reading back is, and what does not hold together. */
export function Verifying({ view }: { view: LibraryView }) {
  const { place, verifying = [], problems } = view
  const done = verifying.reduce((sum, { doneBytes }) => sum + doneBytes, 0)
  const total = verifying.reduce((sum, { totalBytes }) => sum + totalBytes, 0)
  if (verifying.length === 0 && problems.length === 0) return null
  return (
    <div className="strip stack">
      {verifying.length > 0 && (
        <div className="row" role="status">
          <span className="small cut" style={{ flex: 'none' }}>
            Reading back: {formatBytes(done)} of {formatBytes(total)}, {percent(done, total)} %
          </span>
          <div style={{ flex: 1 }}>
            <Bar label="Verify" part={done} whole={total} />
          </div>
          <SmallButton
            onClick={() => void attempt('library.stopVerifying', { grant: place.grant })}
          >
            Stop
          </SmallButton>
        </div>
      )}
      {problems.length > 0 && (
        <Message
          severity="look"
          message={count(
            problems.length,
            'file is not as it should be',
            'files are not as they should be',
          )}
          hint={problems
            .slice(0, 3)
            .map(({ file, detail }) => `${file}: ${detail}`)
            .join(' · ')}
        />
      )}
    </div>
  )
}
