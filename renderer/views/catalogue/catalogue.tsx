import { useDeferredValue, useMemo } from 'react'
import type { CatalogueList } from '../../../main/api/shapes.ts'
import { DropTarget } from '../../components/drop-target.tsx'
import type { Mirrored } from '../../stores/mirror.ts'
import { catalogue } from '../../stores/mirrors.ts'
import { takeDropped } from '../../stores/paste-box.ts'
import { filtered, useBrowse } from './browse.ts'
import { Detail } from './detail.tsx'
import { FilterBar } from './filter-bar.tsx'
import { RepositoryList } from './repository-list.tsx'
import { Tray } from './tray.tsx'
import './catalogue.css'

const nothing: CatalogueList = { state: 'loading', repositories: [] }

/** What NGC offers, one repository of it, and below them what was picked. */
export function Catalogue() {
  const mirror = catalogue.use()
  const list = listOf(mirror)
  return (
    <DropTarget says="Drop a list of images" take={(files) => void takeDropped(files)}>
      <div className="catalogue">
        <h1 className="hidden">Catalogue</h1>
        <FilterBar repositories={list.repositories} />
        <Panes list={list} />
        <Tray />
      </div>
    </DropTarget>
  )
}

function Panes({ list }: { list: CatalogueList }) {
  const browse = useDeferredValue(useBrowse())
  const rows = useMemo(() => filtered(list.repositories, browse), [list.repositories, browse])
  const path = useBrowse((now) => now.path)
  const name = list.repositories.find((row) => row.path === path)?.displayName
  return (
    <div className="panes">
      <RepositoryList list={list} rows={rows} browse={browse} />
      <Detail path={path} name={name} hasChoice={rows.length > 0} />
    </div>
  )
}

function listOf(mirror: Mirrored<CatalogueList>): CatalogueList {
  if (mirror.state === 'ready') return mirror.value
  return mirror.state === 'failed' ? { ...nothing, state: 'failed', failure: mirror } : nothing
}
