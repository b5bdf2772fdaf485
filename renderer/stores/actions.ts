import type { Icon } from '@tabler/icons-react'
import { create } from 'zustand'

/** What can be done with the thing that a menu was asked for. */
export type Action = {
  label: string
  icon?: Icon
  act: () => void
  isDisabled?: boolean
  /** Begins a group of its own. */
  isApart?: boolean
}

export type AskedActions = { title: string; actions: readonly Action[]; x: number; y: number }

let returnTo: Element | null = null

/** The menu of actions that is open, if one is; there is never more than one. */
export const useActions = create<{ asked?: AskedActions }>(() => ({}))

/** Opens the menu where the pointer is, or below the element that was asked with the keyboard or is a button. */
export function askActions(
  title: string,
  actions: readonly Action[],
  where: { clientX: number; clientY: number } | Element,
): void {
  returnTo = document.activeElement
  if (where instanceof Element) {
    const { left, bottom } = where.getBoundingClientRect()
    useActions.setState({ asked: { title, actions, x: left, y: bottom } })
  } else {
    useActions.setState({ asked: { title, actions, x: where.clientX, y: where.clientY } })
  }
}

/** The focus goes back to where it was. */
export function closeActions(): void {
  useActions.setState({}, true)
  if (returnTo instanceof HTMLElement) returnTo.focus({ preventScroll: true })
}

/** Shift and F10, or the key for it: the keyboard's right click. */
export function asksForActions({ key, shiftKey }: { key: string; shiftKey: boolean }): boolean {
  return key === 'ContextMenu' || (key === 'F10' && shiftKey)
}
