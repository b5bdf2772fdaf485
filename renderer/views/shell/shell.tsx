import type { ViewName } from '../../../main/api/contract.ts'
import { session } from '../../stores/mirrors.ts'
import { useView } from '../../stores/view.ts'
import { Catalogue } from '../catalogue/catalogue.tsx'
import { Library } from '../library/library.tsx'
import { Plan } from '../plan/plan.tsx'
import { Settings } from '../settings/settings.tsx'
import { Transfers } from '../transfers/transfers.tsx'
import { Welcome } from '../welcome/welcome.tsx'
import { Notices } from './notices.tsx'
import { Rail } from './rail.tsx'
import { useShortcuts } from './shortcuts.ts'
import './shell.css'

/** The frame of the window: the rail, and beside it the one view. */
export function Shell() {
  const { name } = useView()
  useShortcuts()
  return (
    <div className="shell">
      <Rail />
      <main className="view">
        <Notices />
        <div className="view-body">
          <View name={name} />
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
