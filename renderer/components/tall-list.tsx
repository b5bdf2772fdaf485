import { useVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import './tall-list.css'

/**
 * A list of any length in a view that scrolls as a whole: only what is seen is drawn, and rows are as high as they are.
 * Other than in a Listing, its rows hold things to press.
 */
export function TallList<Row>(props: {
  label: string
  rows: readonly Row[]
  /** Of a usual row. */
  rowHeight: number
  idOf: (row: Row) => string
  labelOf?: (row: Row) => string
  children: (row: Row, index: number) => ReactNode
}) {
  const { label, rows, rowHeight, idOf, labelOf, children } = props
  const list = useRef<HTMLUListElement>(null)
  const [scroller, above] = useScroller(list)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : idOf(row)
    },
    overscan: 6,
    scrollMargin: above,
  })
  return (
    <ul
      ref={list}
      className="tall-list"
      aria-label={label}
      style={{ height: virtual.getTotalSize() }}
    >
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const row = rows[index]
        return (
          row !== undefined && (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-label={labelOf?.(row)}
              aria-posinset={index + 1}
              aria-setsize={rows.length}
              style={{ transform: `translateY(${start - above}px)` }}
            >
              {children(row, index)}
            </li>
          )
        )
      })}
    </ul>
  )
}

/** What scrolls the list, and how much of it stands above the list, which changes with all that is there. */
function useScroller(
  list: React.RefObject<HTMLElement | null>,
): [scroller: Element | null, abovePx: number] {
  const [scroller, setScroller] = useState<Element | null>(null)
  const [above, setAbove] = useState(0)
  useLayoutEffect(() => {
    const found = list.current?.closest('.view-scroll') ?? null
    const content = found?.firstElementChild
    setScroller(found)
    if (!found || !content) return undefined
    const look = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0
      setAbove(Math.round(top - found.getBoundingClientRect().top + found.scrollTop))
    }
    const observer = new ResizeObserver(look)
    observer.observe(content)
    look()
    return () => observer.disconnect()
  }, [list])
  return [scroller, above]
}
