/** Where a key leads, or undefined for one that does not move. */
export function targetOf(
  key: string,
  from: number,
  length: number,
  page: number,
): number | undefined {
  const last = length - 1
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, from + 1)
    case 'ArrowUp':
      return Math.max(0, from - 1)
    case 'PageDown':
      return Math.min(last, from + page)
    case 'PageUp':
      return Math.max(0, from - page)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}
