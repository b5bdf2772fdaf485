import { Suspense, useEffect } from 'react'
import type { ViewName } from '../../../main/api/shapes.ts'
import { session } from '../../stores/mirrors.ts'
import { useView } from '../../stores/view.ts'
import { Notices } from './notices.tsx'
import { Rail } from './rail.tsx'
import { useShortcuts } from './shortcuts.ts'
import { Catalogue, Library, Plan, readAhead, Settings, Transfers, Welcome } from './views.ts'
import './shell.css'

/** The frame of the window: the rail, and beside it the one view. */
export function Shell() {
  const { name } = useView()
  useShortcuts()
  useEffect(readAhead, [])
  return (
    <div className="shell">
      <Rail />
      <main className="view">
        <Notices />
        <div className="view-body">
          <Suspense>
            <View name={name} />
          </Suspense>
        </div>
      </main>
    </div>
  )
}

/** Library, transfers and settings need no session: on the far side there is none. */
function View({ name }: { name: ViewName }) {
  const mirror = session.use()
  if (name === 'transfers') return <Transfers />
  if (name === 'library') return <Library />
  if (name === 'settings') return <Settings />
  if (mirror.state === 'loading') return null
  if (mirror.state === 'failed' || mirror.value.kind === 'none') return <Welcome />
  return name === 'plan' ? <Plan /> : <Catalogue />
}
