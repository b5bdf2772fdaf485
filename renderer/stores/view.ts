import { create } from 'zustand'
import type { ViewName } from '../../main/api/shapes.ts'

/** Which view is shown. */
export const useView = create<{ name: ViewName }>(() => ({ name: 'catalogue' }))

export function show(name: ViewName): void {
  useView.setState({ name })
}
