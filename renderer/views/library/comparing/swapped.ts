import type { Comparison } from '../../../../main/api/shapes.ts'

export type Difference = Comparison['differences'][number]

/** The same with the sides in each other's place. */
export function swapped(differences: readonly Difference[]): Difference[] {
  return differences.map((each): Difference => {
    if (each.kind === 'missing') return { kind: 'extra', found: each.wanted }
    if (each.kind === 'extra') return { kind: 'missing', wanted: each.found }
    return { kind: 'differs', wanted: each.found, found: each.wanted }
  })
}
