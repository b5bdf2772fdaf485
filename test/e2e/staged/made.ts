/** When everything staged happens. */
export const nowMs = Date.parse('2024-05-20T12:00:00Z')

export const minutesAgo = (minutes: number) => nowMs - minutes * 60_000

export const digest = (number: number) =>
  `sha256:${String(number % 10).repeat(60)}${String(1000 + number).slice(-4)}`
