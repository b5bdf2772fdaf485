import { Tabs } from '@mantine/core'
import { IconArrowLeft, IconExternalLink, IconShieldCheck } from '@tabler/icons-react'
import { Empty } from '../../components/face.tsx'
import { useAsked } from '../../components/use-asked.ts'
import { attempt } from '../../stores/attempt.ts'
import { MoreButton } from '../../components/more-button.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { useRegistryName } from '../../stores/registry-name.ts'
import { Overview } from './overview.tsx'
import { repositoryActions } from './repository-actions.ts'
import { TagTable } from './tag-table.tsx'

/** One repository: its tags to pick from, and what its publisher says of it. */
export function Detail(props: {
  path: string | undefined
  /** As the list has it, until the repository itself is known. */
  name: string | undefined
  hasChoice: boolean
}) {
  const { path, name, hasChoice } = props
  if (path === undefined)
    return (
      <div className="detail">
        {hasChoice && (
          <Empty icon={IconArrowLeft} title="Choose a repository">
            Its tags and its description stand here. Rules and Paste pick many at once.
          </Empty>
        )}
      </div>
    )
  return <Repository key={path} path={path} name={name ?? path} />
}

function Repository({ path, name }: { path: string; name: string }) {
  // Arrows may run through the list: what is only passed by is not asked for.
  const [detail, retryDetail] = useAsked('catalogue.repository', { path }, 120)
  const [tags, retryTags] = useAsked('catalogue.tags', { path }, 120)
  const registry = useRegistryName()
  const facts = detail.state === 'ready' ? detail.value : undefined
  const number = tags.state === 'ready' ? ` (${tags.value.tags.length})` : ''
  return (
    <section className="detail" aria-label={path}>
      <div className="detail-head">
        <div className="row">
          <h2 className="cut selectable">{facts?.displayName ?? name}</h2>
          {facts?.isSigned && (
            <span className="row tiny good" style={{ gap: 4 }}>
              <IconShieldCheck size={16} aria-hidden /> signed
            </span>
          )}
          {facts && (
            <SmallButton
              isQuiet
              className="push"
              icon={IconExternalLink}
              onClick={() => void attempt('app.open', { address: facts.page })}
            >
              Open page
            </SmallButton>
          )}
          {facts && (
            <MoreButton
              title={facts.displayName ?? path}
              actions={() => repositoryActions(facts, registry)}
            />
          )}
        </div>
        <p className="tiny soft cut selectable">
          {[path, facts?.publisher].filter(Boolean).join(' · ')}
        </p>
      </div>
      <Tabs defaultValue="tags" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="tags">Tags{number}</Tabs.Tab>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="tags">
          <TagTable path={path} tags={tags} retry={retryTags} />
        </Tabs.Panel>
        <Tabs.Panel value="overview">
          <Overview detail={detail} retry={retryDetail} />
        </Tabs.Panel>
      </Tabs>
    </section>
  )
}
