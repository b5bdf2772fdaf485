/**
 * Whether a value that arrived by structured clone is larger than `limitBytes`, or is not plain data at
 * all (cycles, maps, buffers, depth beyond reason), which counts as too large. Stops counting at the
 * limit.
 */
export function exceeds(value: unknown, limitBytes: number): boolean {
  let left = limitBytes - ownSize(value)
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (left < 0 || next.depth > deepest) return true
    if (typeof next.value !== 'object' || next.value === null) continue
    if (!isPlain(next.value)) return true
    for (const [key, inner] of Object.entries(next.value)) {
      left -= key.length + ownSize(inner)
      if (left < 0) return true
      pending.push({ value: inner, depth: next.depth + 1 })
    }
  }
  return left < 0
}

/** A cycle runs into this, or into the size. */
const deepest = 32

/** Two bytes a character, as the engine keeps them at worst, and a word for everything else. */
function ownSize(value: unknown): number {
  return typeof value === 'string' ? 8 + 2 * value.length : 8
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
