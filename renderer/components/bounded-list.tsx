import type { ReactNode } from 'react'
import { TallList } from './tall-list.tsx'
import './bounded-list.css'

/** A list of any length within a dialog or a panel: it scrolls by itself. */
export function BoundedList<Row>(props: {
  label: string
  rows: readonly Row[]
  rowHeight?: number
  idOf: (row: Row) => string
  children: (row: Row) => ReactNode
}) {
  const { label, rows, rowHeight = 44, idOf, children } = props
  return (
    <div className="view-scroll bounded-list" role="group" aria-label={label} tabIndex={0}>
      <TallList label={label} rows={rows} rowHeight={rowHeight} idOf={idOf}>
        {children}
      </TallList>
    </div>
  )
}
