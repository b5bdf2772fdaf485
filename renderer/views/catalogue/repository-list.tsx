import { ActionIcon, Button } from '@mantine/core'
import { IconLock, IconRefresh, IconSearchOff } from '@tabler/icons-react'
import type { CatalogueList, RepositoryRow } from '../../../main/api/shapes.ts'
import { Empty, FailedFace, Loading } from '../../components/face.tsx'
import { Listing } from '../../components/listing.tsx'
import { Logo } from '../../components/logo.tsx'
import { formatBytes } from '../../format/bytes.ts'
import { count } from '../../format/count.ts'
import { formatAge, formatDate, formatMoment } from '../../format/date.ts'
import { partsOf } from '../../format/reference.ts'
import { attempt } from '../../stores/attempt.ts'
import { useRegistryName } from '../../stores/registry-name.ts'
import { noFilters, useBrowse, type Browse } from './browse.ts'
import { repositoryActions } from './repository-actions.ts'

const refresh = () => void attempt('catalogue.refresh', {})

/** The repositories that pass the filters. A list that could not be renewed stays, and says how old it is. */
export function RepositoryList(props: {
  list: CatalogueList
  rows: readonly RepositoryRow[]
  browse: Browse
}) {
  const { list, rows, browse } = props
  const { path, search, project, team, publisher, isSigned } = browse
  const registry = useRegistryName()
  return (
    <section className="list" aria-label="Repositories">
      <State list={list} shown={rows.length} />
      {list.repositories.length === 0 ? (
        <Nothing list={list} />
      ) : rows.length === 0 ? (
        <Empty
          icon={IconSearchOff}
          title="No repository matches"
          ways={
            <Button variant="default" onClick={() => useBrowse.setState(noFilters)}>
              Clear search and filters
            </Button>
          }
        />
      ) : (
        <Listing
          key={JSON.stringify([search, project, team, publisher, isSigned])}
          label="Repositories"
          rows={rows}
          rowHeight={44}
          idOf={(row) => row.path}
          isPicked={(row) => row.path === path}
          pick={(row) => useBrowse.setState({ path: row.path })}
          moved={(row) => useBrowse.setState({ path: row.path })}
          offer={(row) => ({
            title: row.displayName ?? row.path,
            actions: repositoryActions(row, registry),
          })}
        >
          {(row) => <Row row={row} />}
        </Listing>
      )}
    </section>
  )
}

function Row({ row }: { row: RepositoryRow }) {
  return (
    <>
      <Logo name={row.displayName ?? partsOf(`/${row.path}`).name} logo={row.logo} />
      <div className="cut">
        <p className="cut strong" title={row.path}>
          {row.displayName ?? row.path}{' '}
          {row.isPrivate && <IconLock size={12} role="img" aria-label="private" />}
        </p>
        <p className="cut tiny soft">{row.shortDescription ?? row.path}</p>
      </div>
      <div className="number">
        <p className="cut">{row.latestTag}</p>
        <p title={formatDate(row.updated)}>
          {row.latestSizeBytes === undefined
            ? formatAge(row.updated)
            : formatBytes(row.latestSizeBytes)}
        </p>
      </div>
    </>
  )
}

function State({ list, shown }: { list: CatalogueList; shown: number }) {
  const all = list.repositories.length
  const number =
    shown === all
      ? count(all, 'repository', 'repositories')
      : `${shown} of ${count(all, 'repository', 'repositories')}`
  const isOld = list.state === 'failed' && all > 0
  const facts = [
    all > 0 || list.state === 'ready' ? number : '',
    list.state === 'loading'
      ? 'Asking the catalogue …'
      : isOld
        ? `as of ${formatMoment(list.fetchedMs)}`
        : formatAge(list.fetchedMs),
  ].filter((fact) => fact !== '')
  return (
    <div className="state">
      <ActionIcon
        className="again"
        variant="subtle"
        color="gray"
        size="sm"
        aria-label="Ask the catalogue again"
        title="Ask the catalogue again"
        disabled={list.state === 'loading'}
        onClick={refresh}
      >
        <IconRefresh size={14} aria-hidden />
      </ActionIcon>
      <span role="status">
        {facts.map((fact, index) => (
          <span key={fact}>{index < facts.length - 1 ? `${fact} · ` : fact}</span>
        ))}
      </span>
      {isOld && (
        <p className="look" style={{ marginTop: 4 }}>
          Could not be renewed: {list.failure?.message}
        </p>
      )}
    </div>
  )
}

function Nothing({ list }: { list: CatalogueList }) {
  if (list.state === 'loading') return <Loading label="Loading the catalogue" />
  if (list.state === 'failed')
    return (
      <FailedFace
        failure={list.failure ?? { message: 'The catalogue could not be had.' }}
        retry={refresh}
      />
    )
  return (
    <Empty icon={IconSearchOff} title="The catalogue is empty">
      None of the chosen projects has a repository that this session may see. Choose others in
      Settings.
    </Empty>
  )
}
