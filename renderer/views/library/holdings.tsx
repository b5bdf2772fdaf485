import { IconCheck, IconFolderOff, IconSearchOff } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import type { LibraryRow, LibraryView } from '../../../main/api/shapes.ts'
import { Empty } from '../../components/face.tsx'
import { Listing } from '../../components/listing.tsx'
import { ReferenceName } from '../../components/reference-name.tsx'
import { SortButton, type Order } from '../../components/sort-button.tsx'
import { formatBytes } from '../../format/bytes.ts'
import { formatDate } from '../../format/date.ts'
import { shortName } from '../../format/reference.ts'
import { matches, sorted } from '../../format/sort.ts'
import { show } from '../../stores/view.ts'
import { Button } from '@mantine/core'
import { clicked, type Anchor } from '../catalogue/tag-choice.ts'
import { DeliveryDialog } from './delivery/delivery-dialog.tsx'
import { DeliveryStrip } from './delivery/delivery-strip.tsx'
import { ChooseButton } from './choose-button.tsx'
import { HoldingsHead } from './holdings-head.tsx'
import { imageActions } from './image-actions.ts'
import { ImageDetail } from './image-detail.tsx'
import { Standing, verifiedWord } from './standing.tsx'
import { Verifying } from './verifying.tsx'

export type Column = 'image' | 'platform' | 'size' | 'saved' | 'verified' | 'status'

const values: Record<Column, (row: LibraryRow) => string | number | undefined> = {
  image: (row) => row.reference ?? row.file,
  platform: ({ platform }) => platform,
  size: ({ sizeBytes }) => sizeBytes,
  saved: ({ savedMs }) => savedMs,
  verified: ({ verified }) => verified?.atMs,
  status: ({ status }) => status,
}

const columns: { column: Column; label: string; wide?: boolean; first?: 'descending' }[] = [
  { column: 'image', label: 'Image' },
  { column: 'platform', label: 'Platform', wide: true },
  { column: 'size', label: 'Size', first: 'descending' },
  { column: 'saved', label: 'Saved', wide: true, first: 'descending' },
  { column: 'verified', label: 'Verified', wide: true, first: 'descending' },
  { column: 'status', label: 'Status' },
]

/** A library that is open: its images in a table, and one of them beside it. */
export function Holdings({ view }: { view: LibraryView }) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [order, setOrder] = useState<Order<Column>>({ column: 'image', direction: 'ascending' })
  const rows = useMemo(
    () =>
      sorted(view.rows, values[order.column], order.direction).filter((row) =>
        matches(typed, [row.reference, row.file, row.platform, row.status]),
      ),
    [view.rows, order, typed],
  )
  const row = view.rows.find(({ id }) => id === chosen)
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<Anchor>(undefined)
  const pickOne = (id: string, isShift: boolean) => {
    const shown = rows.map((one) => one.id)
    const choice = clicked(shown, picked, id, anchor.current, isShift)
    anchor.current = choice.anchor
    setPicked((before) => {
      const after = new Set(before)
      for (const one of choice.tags) {
        if (choice.isPicked) after.add(one)
        else after.delete(one)
      }
      return after
    })
  }
  const meant = view.rows.filter(({ id }) => picked.has(id))
  return (
    <div className="library">
      <HoldingsHead
        view={view}
        typed={typed}
        type={setTyped}
        picked={meant}
        clear={() => setPicked(new Set())}
      />
      {view.rows.length === 0 ? (
        <Empty
          icon={IconFolderOff}
          title="This folder holds no images"
          ways={
            <>
              <ChooseButton />
              <Button variant="default" onClick={() => show('catalogue')}>
                Open the catalogue
              </Button>
            </>
          }
        >
          A library comes about when transfers are written to a folder, or when tarballs made by
          docker save are put there.
        </Empty>
      ) : (
        <div className={row ? 'library-panes has-detail' : 'library-panes'}>
          <section className="holdings" aria-label="Images">
            <div className="listing-heads holding-line">
              <span />
              {columns.map(({ column, label, wide, first }) => (
                <span key={column} className={wide ? 'wide' : undefined}>
                  <SortButton
                    column={column}
                    label={label}
                    order={order}
                    {...(first && { first })}
                    change={setOrder}
                  />
                </span>
              ))}
            </div>
            {rows.length === 0 ? (
              <Empty icon={IconSearchOff} title={`Nothing matches “${typed}”`} />
            ) : (
              <Listing
                key={typed}
                label="Images"
                rows={rows}
                rowHeight={44}
                idOf={({ id }) => id}
                isMultiple
                isPicked={({ id }) => picked.has(id) || (picked.size === 0 && id === chosen)}
                pick={({ id }, { isShift, isCommand, isSpace }) =>
                  isShift || isCommand || isSpace ? pickOne(id, isShift) : setChosen(id)
                }
                pickAll={() => setPicked(new Set(rows.map(({ id }) => id)))}
                offer={(one) => ({
                  title: shortName(one.reference ?? one.file),
                  actions: imageActions(view.place.grant, one),
                })}
                moved={({ id }) => chosen !== undefined && setChosen(id)}
              >
                {(one) => (
                  <Row
                    row={one}
                    isPicked={picked.has(one.id)}
                    pick={(isShift) => pickOne(one.id, isShift)}
                  />
                )}
              </Listing>
            )}
          </section>
          {row && (
            <ImageDetail
              key={row.id}
              grant={view.place.grant}
              row={row}
              close={() => setChosen(undefined)}
            />
          )}
        </div>
      )}
      {/* Below the rows, which must not move under the pointer when something begins or ends. */}
      <div>
        <DeliveryStrip />
        <Verifying view={view} />
        <DeliveryDialog />
      </div>
    </div>
  )
}

function Row(props: {
  row: LibraryRow
  isPicked: boolean
  /** For the pointer; the keyboard has Space. */
  pick: (isShift: boolean) => void
}) {
  const { row, isPicked, pick } = props
  return (
    <>
      <span
        className="pick-box"
        data-picked={isPicked || undefined}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation()
          pick(event.shiftKey)
        }}
      >
        <span>{isPicked && <IconCheck size={14} stroke={3} />}</span>
      </span>
      <div className="cut">
        <p className="cut" title={row.reference ?? row.file} style={{ lineHeight: '18px' }}>
          {row.reference === undefined ? row.file : <ReferenceName reference={row.reference} />}
        </p>
        <p className="cut tiny soft">{secondLine(row)}</p>
      </div>
      <span className="small soft cut wide">{row.platform}</span>
      <span className="small">{formatBytes(row.sizeBytes)}</span>
      <span className="small soft wide">{formatDate(row.savedMs)}</span>
      <span
        className={`small wide ${row.verified ? (row.verified.ok ? 'good' : 'bad') : 'soft'}`}
        title={formatDate(row.verified?.atMs)}
      >
        {verifiedWord(row)}
      </span>
      <Standing status={row.status} />
    </>
  )
}

function secondLine(row: LibraryRow): string {
  if (row.reference === undefined) return row.detail ?? ''
  return row.files === undefined ? row.file : `${row.file}, ${row.files.length} parts`
}
