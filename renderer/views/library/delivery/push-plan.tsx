import { IconArrowRight } from '@tabler/icons-react'
import type { PushPlanView } from '../../../../main/api/shapes.ts'
import { Message } from '../../../components/message.tsx'
import { BoundedList } from '../../../components/bounded-list.tsx'
import { formatBytes } from '../../../format/bytes.ts'

const words = { new: 'new', present: 'there', replaces: 'replaces another' } as const

/** Which name becomes which, before anything is sent. */
export function PushPlan({ plan: { rows, failures } }: { plan: PushPlanView }) {
  return (
    <>
      {rows.length > 0 && (
        <BoundedList
          label="Names in the registry"
          rows={rows}
          rowHeight={60}
          idOf={({ name, platform }) => `${name} ${platform}`}
        >
          {({ source, name, platform, state, sizeBytes, notes }) => (
            <div className="delivery-row">
              <div className="cut">
                <p className="cut tiny soft" title={source}>
                  {source} {platform}
                </p>
                <p className="cut" title={name}>
                  <IconArrowRight size={14} className="in-line" aria-label="becomes" /> {name}
                </p>
                {notes.length > 0 && <p className="tiny look why">{notes.join(' · ')}</p>}
              </div>
              <span className={`small ${state === 'replaces' ? 'look' : 'soft'}`}>
                {words[state]}
              </span>
              <span className="number small">{formatBytes(sizeBytes)}</span>
            </div>
          )}
        </BoundedList>
      )}
      {failures.map(({ name, message, hint }) => (
        <Message key={name} severity="look" message={`${name}: ${message}`} hint={hint} />
      ))}
      {rows.length > 0 && rows.every(({ state }) => state === 'present') && (
        <Message severity="note" message="The registry has all of it." />
      )}
    </>
  )
}
