const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes in decimal units with three significant digits: `8.90 GB`. They keep their width while they run. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '0 bytes'
  if (bytes < 999.5) {
    const whole = Math.round(bytes)
    return whole === 1 ? '1 byte' : `${whole} bytes`
  }
  let value = bytes
  let unit = 0
  // 999,600 bytes are 1.00 MB: rounded to three digits they would read "1000 kB".
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** `84.0 MB/s`. */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

/** Whole percents, rounded down: 100 only when it is all there. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return 0
  return Math.max(0, Math.min(100, Math.floor((part / whole) * 100)))
}
