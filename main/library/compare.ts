import type { NamedImage } from './image-list.ts'

export type Difference =
  /** Wanted, and not there. */
  | { readonly kind: 'missing'; readonly wanted: NamedImage }
  /** There under the same name, with other content. */
  | { readonly kind: 'differs'; readonly wanted: NamedImage; readonly found: NamedImage }
  /** There, and not wanted. */
  | { readonly kind: 'extra'; readonly found: NamedImage }

/**
 * What a library lacks of what is wanted, in the order wanted, and what it has besides. Where either side knows no digest
 * the name decides.
 */
export function compareImages(
  wanted: readonly NamedImage[],
  found: readonly NamedImage[],
): Difference[] {
  const there = new Map(found.map((image) => [keyOf(image), image]))
  const asked = new Set(wanted.map((image) => keyOf(image)))
  const lacking = wanted.flatMap((image): Difference[] => {
    const same = there.get(keyOf(image))
    if (same === undefined) return [{ kind: 'missing', wanted: image }]
    const isKnown = image.digest !== undefined && same.digest !== undefined
    return isKnown && image.digest !== same.digest
      ? [{ kind: 'differs', wanted: image, found: same }]
      : []
  })
  const extra = found.flatMap((image): Difference[] =>
    asked.has(keyOf(image)) ? [] : [{ kind: 'extra', found: image }],
  )
  return [...lacking, ...extra]
}

function keyOf({ reference, platform }: NamedImage): string {
  return `${reference} ${platform}`
}

/** The same with the sides in each other's place. */
export function swapped(differences: readonly Difference[]): Difference[] {
  return differences.map((each) => {
    if (each.kind === 'missing') return { kind: 'extra', found: each.wanted }
    if (each.kind === 'extra') return { kind: 'missing', wanted: each.found }
    return { kind: 'differs', wanted: each.found, found: each.wanted }
  })
}

/** What the next trip has to carry: `missing.json`. */
export interface MissingList {
  readonly version: 1
  readonly images: readonly NamedImage[]
}

export function missingList(differences: readonly Difference[]): MissingList {
  return {
    version: 1,
    images: differences.flatMap((each) => (each.kind === 'extra' ? [] : each.wanted)),
  }
}
