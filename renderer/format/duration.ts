/** Seconds in words, as coarse as one would say them: `about 9 min`. */
export function inWords(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 50) return `about ${Math.round(seconds / 10) * 10} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `about ${Math.max(1, minutes)} min`
  const rounded = minutes < 600 ? Math.round(minutes / 5) * 5 : Math.round(minutes / 60) * 60
  const hours = Math.floor(rounded / 60)
  if (hours >= 48) return `about ${Math.round(hours / 24)} days`
  const rest = rounded % 60
  return rest === 0 ? `about ${hours} h` : `about ${hours} h ${rest} min`
}

/** `about 9 min left`; undefined while nobody knows. */
export function timeLeft(seconds: number | undefined): string | undefined {
  return seconds === undefined || !Number.isFinite(seconds) ? undefined : `${inWords(seconds)} left`
}
