import { useVirtualizer } from '@tanstack/react-virtual'
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { askActions, asksForActions, type Action } from '../stores/actions.ts'
import { targetOf } from './list-keys.ts'
import './listing.css'

export type How = { isShift: boolean; isCommand: boolean; isKey: boolean; isSpace: boolean }

/**
 * A list of any length: only what is seen is drawn. The list has the focus, arrows move in it, and what is
 * active is told to screen readers by its id; options hold nothing to press. Give it a key of what its rows are filtered by:
 * other rows begin at their top.
 */
export function Listing<Row>(props: {
  label: string
  rows: readonly Row[]
  rowHeight: number
  idOf: (row: Row) => string
  isPicked: (row: Row) => boolean
  /** A click, Space or Enter. */
  pick: (row: Row, how: How) => void
  /** Arrows moved here. */
  moved?: (row: Row, how: How) => void
  pickAll?: () => void
  /** What a right click on a row offers, under this title. */
  offer?: (row: Row) => { title: string; actions: readonly Action[] }
  isMultiple?: boolean
  children: (row: Row, isPicked: boolean) => ReactNode
}) {
  const { label, rows, rowHeight, idOf, isPicked, pick, moved, pickAll, offer, children } = props
  const list = useRef<HTMLDivElement>(null)
  const base = useId()
  const [activeId, setActiveId] = useState<string>()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const found = rows.findIndex((row) => idOf(row) === activeId)
  const fallback = rows.findIndex((row) => isPicked(row))
  const active = Math.max(0, found >= 0 ? found : fallback)

  const hear = (event: KeyboardEvent) => {
    const how = {
      isShift: event.shiftKey,
      isCommand: event.ctrlKey || event.metaKey,
      isKey: true,
      isSpace: event.key === ' ',
    }
    if (how.isCommand && event.key.toLowerCase() === 'a' && pickAll) {
      event.preventDefault()
      pickAll()
      return
    }
    const current = rows[active]
    if (asksForActions(event) && current !== undefined && offer) {
      event.preventDefault()
      const { title, actions } = offer(current)
      const drawn = document.getElementById(`${base}-${active}`)
      askActions(title, actions, drawn ?? event.currentTarget)
      return
    }
    if ((event.key === ' ' || event.key === 'Enter') && current !== undefined && !how.isCommand) {
      event.preventDefault()
      setActiveId(idOf(current))
      pick(current, how)
      return
    }
    const target = targetOf(event.key, active, rows.length, pageOf(list.current, rowHeight))
    const row = target === undefined ? undefined : rows[target]
    if (target === undefined || row === undefined) return
    event.preventDefault()
    setActiveId(idOf(row))
    virtual.scrollToIndex(target)
    moved?.(row, how)
  }

  return (
    <div
      ref={list}
      className="listing"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable={props.isMultiple ?? false}
      aria-activedescendant={rows[active] === undefined ? undefined : `${base}-${active}`}
      onKeyDown={hear}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const picked = isPicked(row)
          return (
            <div
              key={idOf(row)}
              id={`${base}-${index}`}
              role="option"
              aria-selected={picked}
              aria-posinset={index + 1}
              aria-setsize={rows.length}
              data-active={index === active || undefined}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onContextMenu={(event) => {
                if (!offer) return
                event.preventDefault()
                setActiveId(idOf(row))
                const { title, actions } = offer(row)
                askActions(title, actions, event)
              }}
              onClick={(event) => {
                setActiveId(idOf(row))
                pick(row, {
                  isShift: event.shiftKey,
                  isCommand: event.ctrlKey || event.metaKey,
                  isKey: false,
                  isSpace: false,
                })
              }}
            >
              {children(row, picked)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function pageOf(list: HTMLElement | null, rowHeight: number): number {
  return Math.max(1, Math.floor((list?.clientHeight ?? 0) / rowHeight) - 1)
}
