import { IconBox } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { EngineRow, EnginesView } from '../../../../main/api/shapes.ts'
import { Empty } from '../../../components/face.tsx'
import { Message } from '../../../components/message.tsx'
import { formatBytes } from '../../../format/bytes.ts'

/** The engines that were found, those that cannot be used as they are, and where nobody answered. */
export function EngineList(props: {
  found: EnginesView
  /** Draws one engine, to be chosen or only to be seen. */
  children: (engine: EngineRow) => ReactNode
}) {
  const { found, children } = props
  const { engines, problems, looked, nothing } = found
  return (
    <div className="stack">
      {engines.length > 0 && (
        <ul className="engines" aria-label="Engines">
          {engines.map((engine) => (
            <li key={engine.id}>{children(engine)}</li>
          ))}
        </ul>
      )}
      {nothing && problems.length === 0 && (
        <div style={{ height: 200 }}>
          <Empty icon={IconBox} title={nothing.message}>
            {nothing.hint}
          </Empty>
        </div>
      )}
      {problems.map(({ where, message, hint }) => (
        <Message
          key={where}
          severity="look"
          message={message}
          hint={[where, hint].filter(Boolean).join(': ')}
        />
      ))}
      {looked.length > 0 && (
        <details className="small soft">
          <summary>Where nobody answered</summary>
          <ul className="selectable">
            {looked.map((where) => (
              <li key={where} style={{ overflowWrap: 'anywhere' }}>
                {where}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

/** An engine in words: its name and version, where it is, and what room it has. */
export function EngineWords({ engine }: { engine: EngineRow }) {
  const { name, origin, address, storage, freeBytes } = engine
  const room = freeBytes === undefined ? 'free space unknown' : `${formatBytes(freeBytes)} free`
  return (
    <span className="cut">
      <span className="strong">{name}</span> <span className="small soft">{room}</span>
      <span className="tiny soft cut" style={{ display: 'block' }} title={address}>
        {[origin, storage && `stores in ${storage}`].filter(Boolean).join(' · ')}
      </span>
    </span>
  )
}
