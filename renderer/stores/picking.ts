import type { Selection } from '../../main/api/shapes.ts'
import { call } from '../replicator.ts'
import { sayFailure } from './attempt.ts'
import { valueOf } from './mirror.ts'
import { selection } from './mirrors.ts'

/** Puts references into the selection, or takes them out; shown at once, and corrected by what main says. */
export function pick(references: readonly string[], isPicked: boolean): void {
  if (references.length === 0) return
  const before = valueOf(selection.use.getState())
  if (before) selection.set(isPicked ? withThese(before, references) : without(before, references))
  const name = isPicked ? 'selection.add' : 'selection.remove'
  call(name, { references: [...references] }).catch((error: unknown) => {
    if (before) selection.set(before)
    sayFailure(error)
  })
}

export function withThese(before: Selection, references: readonly string[]): Selection {
  const known = new Set(before.items.map(({ reference }) => reference))
  const added = [...new Set(references)].filter((reference) => !known.has(reference))
  const items = added.map((reference) => ({ reference, state: 'measuring' as const }))
  return added.length === 0 ? before : unmeasured({ ...before, items: [...before.items, ...items] })
}

export function without(before: Selection, references: readonly string[]): Selection {
  const gone = new Set(references)
  return unmeasured({
    ...before,
    items: before.items.filter(({ reference }) => !gone.has(reference)),
  })
}

/** The bytes of another selection would be wrong, so there are none until main has them. */
function unmeasured({ items, platform }: Selection): Selection {
  return { items, platform }
}
