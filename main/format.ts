/** Bytes in decimal units with three significant digits: `8.90 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  // 999.5 kB would round to 1000 kB.
  while (unit < units.length - 1 && value >= (unit === 0 ? 1000 : 999.5)) {
    value /= 1000
    unit += 1
  }
  const text =
    unit === 0
      ? String(Math.round(value))
      : value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)
  return `${text} ${units[unit]}`
}

/** Time left in words: `about 9 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `about ${Math.max(1, Math.round(seconds))} s`
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`
  const hours = Math.floor(seconds / 3600)
  return `about ${hours} h ${Math.round((seconds - hours * 3600) / 60)} min`
}

/** A time as it was asked for: `8 h`, `90 s`. */
export function formatWait(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const
  const [unit, length] = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? [
    's',
    1,
  ]
  return `${seconds / length} ${unit}`
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
