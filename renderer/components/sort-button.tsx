import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Direction } from '../format/sort.ts'

export type Order<Column extends string> = { column: Column; direction: Direction }

/** The head of a column that sorts by it; a second time the other way round. */
export function SortButton<Column extends string>(props: {
  column: Column
  label: string
  order: Order<Column>
  /** How the first click sorts. */
  first?: Direction
  change: (order: Order<Column>) => void
}) {
  const { column, label, order, first = 'ascending', change } = props
  const isActive = order.column === column
  const other = order.direction === 'ascending' ? 'descending' : 'ascending'
  const Mark = order.direction === 'ascending' ? IconArrowUp : IconArrowDown
  return (
    <button
      type="button"
      className="sort"
      data-active={isActive || undefined}
      onClick={() => change({ column, direction: isActive ? other : first })}
    >
      {label}
      {isActive && (
        <>
          <Mark size={12} aria-hidden />
          <span className="hidden">, {order.direction}</span>
        </>
      )}
    </button>
  )
}
