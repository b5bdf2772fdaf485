import { IconBox, IconDownload, IconFolders, IconSettings } from '@tabler/icons-react'
import type { ViewName } from '../../../main/api/shapes.ts'
import { valueOf } from '../../stores/mirror.ts'
import { selection, transfers } from '../../stores/mirrors.ts'
import { show, useView } from '../../stores/view.ts'
import { isRunning } from '../transfers/phase.ts'
import { MiniStatus } from './mini-status.tsx'

const entries = [
  { view: 'catalogue', label: 'Catalogue', icon: IconBox },
  { view: 'transfers', label: 'Transfers', icon: IconDownload },
  { view: 'library', label: 'Library', icon: IconFolders },
  { view: 'settings', label: 'Settings', icon: IconSettings },
] as const

/** The views in the order of their shortcuts. */
export const viewOrder: readonly ViewName[] = entries.map(({ view }) => view)

export function Rail() {
  const { name } = useView()
  const picked = valueOf(selection.use())?.items.length ?? 0
  const running = valueOf(transfers.use())?.rows.filter(({ phase }) => isRunning(phase)).length ?? 0
  const counts: Partial<Record<ViewName, [number, string]>> = {
    catalogue: [picked, 'selected'],
    transfers: [running, 'running'],
  }
  // The plan belongs to the catalogue: it is where its selection goes.
  const current = name === 'plan' ? 'catalogue' : name
  return (
    <header className="rail">
      <p className="name">
        <Mark />
        NGC Replicator
      </p>
      <nav aria-label="Views">
        <ul>
          {entries.map(({ view, label, icon: Icon }, index) => {
            const [number, word] = counts[view] ?? [0, '']
            return (
              <li key={view}>
                <button
                  type="button"
                  aria-current={current === view ? 'page' : undefined}
                  aria-keyshortcuts={`Control+${index + 1}`}
                  onClick={() => show(view)}
                >
                  <Icon size={20} stroke={1.5} aria-hidden />
                  {label}
                  {number > 0 && (
                    <span className="count">
                      {number}
                      <span className="hidden"> {word}</span>
                    </span>
                  )}
                </button>
              </li>
            )
          })}
        </ul>
      </nav>
      <MiniStatus />
    </header>
  )
}

/** Two sides and the gap between them. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="2" y="4" width="8" height="16" rx="2" />
      <rect x="14" y="4" width="8" height="16" rx="2" className="far" />
    </svg>
  )
}
