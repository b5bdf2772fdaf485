import { create } from 'zustand'
import type { Notice } from '../../main/api/shapes.ts'
import { call, on } from '../replicator.ts'

/** Main's notices, mirrored. */
export const useNotices = create<Notice[]>(() => [])

/** Subscribes first and asks second, so that nothing falls between the two. */
export async function mirrorNotices(): Promise<void> {
  on('notices.changed', show)
  show(await call('notices.list', {}))
}

export async function dismiss(id: string): Promise<void> {
  show(await call('notices.dismiss', { id }))
}

function show(notices: Notice[]): void {
  useNotices.setState(notices, true)
}
