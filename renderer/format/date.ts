const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

/** A date as the system writes it; empty for what is none. */
export function formatDate(date: string | number | undefined): string {
  return written(date, day)
}

export function formatMoment(date: string | number | undefined): string {
  return written(date, moment)
}

const steps = [
  { unit: 'year', ms: 365 * 86_400_000 },
  { unit: 'month', ms: 30 * 86_400_000 },
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const

/** How long ago: `3 days ago`. */
export function formatAge(date: string | number | undefined, nowMs: number = Date.now()): string {
  if (date === undefined) return ''
  const ms = new Date(date).getTime() - nowMs
  if (Number.isNaN(ms)) return ''
  const step = steps.find((candidate) => Math.abs(ms) >= candidate.ms)
  return step ? relative.format(Math.trunc(ms / step.ms), step.unit) : 'just now'
}

function written(date: string | number | undefined, format: Intl.DateTimeFormat): string {
  if (date === undefined) return ''
  const value = new Date(date)
  return Number.isNaN(value.getTime()) ? '' : format.format(value)
}
