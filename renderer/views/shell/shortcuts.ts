import { useEffect } from 'react'
import { show } from '../../stores/view.ts'
import { viewOrder } from './rail.tsx'

/** What a view offers to the keyboard marks itself with these. */
export const searchMark = { 'data-shortcut': 'search' } as const
export const startMark = { 'data-shortcut': 'start' } as const
export const pauseMark = { 'data-shortcut': 'pause' } as const

/** Ctrl or Cmd with 1 to 4 for the views, with F for the search, with Enter for the primary button; Space pauses. */
export function useShortcuts(): void {
  useEffect(() => {
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || isAsking()) return
  const isCommand = event.ctrlKey || event.metaKey
  const view = isCommand ? viewOrder[Number(event.key) - 1] : undefined
  const done =
    view !== undefined
      ? (show(view), true)
      : isCommand && event.key.toLowerCase() === 'f'
        ? focus('search')
        : isCommand && event.key === 'Enter'
          ? press('start')
          : event.key === ' ' && !isCommand && !isControl(event.target) && press('pause')
  if (done) event.preventDefault()
}

/** A dialog that is open has the keyboard to itself. */
function isAsking(): boolean {
  return document.querySelector('[role=dialog]') !== null
}

function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('button, input, textarea, select, a, [role=option], [role=row]') !== null
  )
}

function focus(mark: string): boolean {
  const field = document.querySelector<HTMLInputElement>(`[data-shortcut=${mark}]`)
  field?.focus()
  field?.select()
  return field !== null
}

function press(mark: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(`button[data-shortcut=${mark}]`)
  if (button && !button.disabled) button.click()
  return button !== null
}
