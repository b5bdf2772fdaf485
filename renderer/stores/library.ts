import { create } from 'zustand'
import type { LibraryView, Place } from '../../main/api/shapes.ts'
import { call, on } from '../replicator.ts'
import { failureOf, type Failed } from './failure.ts'

export type LibraryState =
  | { state: 'none' }
  | { state: 'opening'; place: Place }
  | { state: 'ready'; place: Place; view: LibraryView }
  | ({ state: 'failed'; place: Place } & Failed)

/** The library that is open. */
export const useLibrary = create<LibraryState>(() => ({ state: 'none' }))

/** Hears what changes in the library that is open; others are none of this window's business. */
export function mirrorLibrary(): void {
  on('library.changed', (view) => {
    const now = useLibrary.getState()
    if (now.state === 'none' || now.place.grant !== view.place.grant) return
    useLibrary.setState({ state: 'ready', place: view.place, view }, true)
  })
}

let latest = 0

export async function openLibrary(place: Place): Promise<void> {
  const question = ++latest
  useLibrary.setState({ state: 'opening', place }, true)
  try {
    const view = await call('library.open', { grant: place.grant })
    if (question === latest) useLibrary.setState({ state: 'ready', place: view.place, view }, true)
  } catch (error) {
    if (question === latest)
      useLibrary.setState({ state: 'failed', place, ...failureOf(error) }, true)
  }
}

export function closeLibrary(): void {
  latest += 1
  useLibrary.setState({ state: 'none' }, true)
}
