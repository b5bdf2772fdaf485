import type { Handlers } from '../api/contract.ts'
import type { Notice } from '../api/shapes.ts'

/** What happened without being asked for: kept until the user has dismissed it. */
export type Notices = {
  raise: (message: string, hint?: string) => void
  handlers: Pick<Handlers, 'notices.list' | 'notices.dismiss'>
}

/** `changed` hears the whole list after every change. */
export function createNotices(changed: (notices: Notice[]) => void): Notices {
  let notices: Notice[] = []
  let count = 0
  const set = (next: Notice[]) => {
    notices = next
    changed(notices)
    return notices
  }
  return {
    raise: (message, hint) => {
      const id = String(++count)
      set([...notices, hint === undefined ? { id, message } : { id, message, hint }])
    },
    handlers: {
      'notices.list': () => notices,
      'notices.dismiss': ({ id }) => set(notices.filter((notice) => notice.id !== id)),
    },
  }
}
