/** One unit to the right is one second; the newest stands at the right edge. */
export function pathOf(speeds: readonly number[], highest: number, height: number): string {
  if (speeds.length < 2) return ''
  const left = 120 - (speeds.length - 1)
  const points = speeds.map((speed, index) => {
    const y = height - 1 - (speed / highest) * (height - 2)
    return `${left + index},${y.toFixed(2)}`
  })
  return `M${points.join(' L')}`
}
