import { Button, TextInput } from '@mantine/core'
import { IconCheck, IconShieldCheck, IconTags } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import type { TagList, TagRow } from '../../../main/api/shapes.ts'
import { Empty, FailedFace, Loading } from '../../components/face.tsx'
import { Listing, type How } from '../../components/listing.tsx'
import { SortButton, type Order } from '../../components/sort-button.tsx'
import type { Asked } from '../../components/use-asked.ts'
import { formatBytes } from '../../format/bytes.ts'
import { formatDate, formatMoment } from '../../format/date.ts'
import { matches, sorted } from '../../format/sort.ts'
import { valueOf } from '../../stores/mirror.ts'
import { selection } from '../../stores/mirrors.ts'
import { pick } from '../../stores/picking.ts'
import { useRegistryName } from '../../stores/registry-name.ts'
import { QuickPick } from './quick-pick.tsx'
import { tagActions } from './tag-actions.ts'
import { clicked, type Anchor } from './tag-choice.ts'
import './tag-table.css'

type Column = 'tag' | 'updated' | 'size'

const values: Record<Column, (row: TagRow) => string | number | undefined> = {
  tag: ({ tag }) => tag,
  updated: ({ updated }) => (updated === undefined ? undefined : Date.parse(updated)),
  size: ({ sizeBytes }) => sizeBytes,
}

/** The tags of one repository. What is ticked here is what is in the tray. */
export function TagTable(props: { path: string; tags: Asked<TagList>; retry: () => void }) {
  const { path, tags, retry } = props
  if (tags.state === 'failed') return <FailedFace failure={tags} retry={retry} />
  if (tags.state !== 'ready') return <Loading label="Loading the tags" />
  const { tags: rows, asOfMs } = tags.value
  if (rows.length === 0)
    return (
      <Empty icon={IconTags} title="No tags">
        Nothing was published here yet.
      </Empty>
    )
  return (
    <>
      {asOfMs !== undefined && <AsOf ms={asOfMs} retry={retry} />}
      <Tags path={path} tags={rows} />
    </>
  )
}

function Tags({ path, tags }: { path: string; tags: TagRow[] }) {
  const [typed, setTyped] = useState('')
  const [order, setOrder] = useState<Order<Column>>({ column: 'updated', direction: 'descending' })
  const anchor = useRef<Anchor | undefined>(undefined)
  const registry = useRegistryName()
  const prefix = `${registry}/${path}:`
  const items = valueOf(selection.use())?.items
  const picked = useMemo(
    () =>
      new Set(
        (items ?? [])
          .filter(({ reference }) => reference.startsWith(prefix))
          .map(({ reference }) => reference.slice(prefix.length)),
      ),
    [items, prefix],
  )
  const rows = useMemo(
    () =>
      sorted(tags, values[order.column], order.direction).filter(({ tag }) =>
        matches(typed, [tag]),
      ),
    [tags, order, typed],
  )
  const pickTags = (names: readonly string[], isPicked: boolean) =>
    pick(
      names.map((tag) => prefix + tag),
      isPicked,
    )
  const choose = ({ tag }: TagRow, { isShift }: How) => {
    const names = rows.map((row) => row.tag)
    const choice = clicked(names, picked, tag, anchor.current, isShift)
    anchor.current = choice.anchor
    pickTags(choice.tags, choice.isPicked)
  }
  const shown = rows.map(({ tag }) => tag)
  const allPicked = shown.length > 0 && shown.every((tag) => picked.has(tag))
  return (
    <div className="tags">
      <div className="tools">
        <TextInput
          size="xs"
          style={{ flex: 1 }}
          aria-label="Tags that contain"
          placeholder="Tags that contain …"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {typed !== '' && shown.length > 0 && (
          <Button size="xs" variant="default" onClick={() => pickTags(shown, !allPicked)}>
            {allPicked ? 'Unpick' : 'Pick'} {shown.length}
          </Button>
        )}
        <QuickPick tags={tags} pick={(names) => pickTags(names, true)} />
        {picked.size > 0 && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            onClick={() => pickTags([...picked], false)}
          >
            Clear {picked.size}
          </Button>
        )}
      </div>
      <div className="listing-heads tag-line">
        <span />
        <SortButton column="tag" label="Tag" order={order} change={setOrder} />
        <span className="wide">
          <SortButton
            column="updated"
            label="Date"
            order={order}
            first="descending"
            change={setOrder}
          />
        </span>
        <SortButton column="size" label="Size" order={order} first="descending" change={setOrder} />
        <span className="tiny soft strong wide">Platforms</span>
        <span />
      </div>
      <div className="rows">
        {rows.length === 0 ? (
          <Empty title={`No tag contains “${typed}”`} />
        ) : (
          <Listing
            key={typed}
            label="Tags"
            isMultiple
            rows={rows}
            rowHeight={36}
            idOf={(row) => row.tag}
            isPicked={(row) => picked.has(row.tag)}
            pick={choose}
            moved={(row, how) => how.isShift && choose(row, how)}
            offer={({ tag }) => ({
              title: tag,
              actions: tagActions(prefix + tag, picked.has(tag)),
            })}
            pickAll={() => pickTags(shown, !allPicked)}
          >
            {(row, isPicked) => <Row row={row} isPicked={isPicked} />}
          </Listing>
        )}
      </div>
    </div>
  )
}

/** The catalogue is out of reach: what is shown is what it said then. */
function AsOf({ ms, retry }: { ms: number; retry: () => void }) {
  return (
    <p className="as-of row small look" role="status">
      <span className="cut">As of {formatMoment(ms)}; the catalogue does not answer</span>
      <Button className="push" variant="default" size="compact-xs" onClick={retry}>
        Try again
      </Button>
    </p>
  )
}

function Row({ row, isPicked }: { row: TagRow; isPicked: boolean }) {
  return (
    <>
      <span className="tick">{isPicked && <IconCheck size={14} stroke={3} aria-hidden />}</span>
      <span className="cut" title={row.tag}>
        {row.tag}
      </span>
      <span className="small soft wide">{formatDate(row.updated)}</span>
      <span className="small">{row.sizeBytes === undefined ? '' : formatBytes(row.sizeBytes)}</span>
      <span className="tiny soft cut wide">
        {row.platforms.map((platform) => platform.replace(/^linux\//, '')).join(' ')}
      </span>
      <span className="row tiny good" style={{ gap: 4 }}>
        {row.isSigned && (
          <>
            <IconShieldCheck size={16} aria-hidden />
            <span className="wide-text">signed</span>
          </>
        )}
      </span>
    </>
  )
}
