import { ActionIcon } from '@mantine/core'
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react'
import type { LibraryImage } from '../../../main/api/shapes.ts'
import { copy } from '../../stores/attempt.ts'

/** Where the image loads, and the command to load it by hand. */
export function LoadWays({ image: { loadsIn, loadCommands } }: { image: LibraryImage }) {
  return (
    <>
      {loadsIn.length > 0 && (
        <section aria-label="Loads in">
          <h2>Loads in</h2>
          <ul className="row wrap" style={{ gap: '4px 16px' }}>
            {loadsIn.map(({ engine, ok, why }) => (
              <li
                key={engine}
                className={`row small ${ok ? '' : 'bad'}`}
                style={{ gap: 4 }}
                title={why}
              >
                {ok ? (
                  <IconCheck size={16} className="good" aria-label="Yes" />
                ) : (
                  <IconX size={16} aria-label="No" />
                )}
                <span style={{ flex: 'none' }}>{engine}</span>
                {!ok && why !== undefined && <span className="soft tiny">{why}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {loadCommands.length > 0 && (
        <section aria-label="Load by hand" className="stack">
          <h2>Load by hand</h2>
          {loadCommands.map(({ engine, command }) => (
            <div key={engine} className="command">
              <code>{command}</code>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Copy the command for ${engine}`}
                onClick={() => void copy(command, 'the command')}
              >
                <IconCopy size={16} aria-hidden />
              </ActionIcon>
            </div>
          ))}
        </section>
      )}
    </>
  )
}
