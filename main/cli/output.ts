import { AppError, messageOf } from '../api/errors.ts'
import { printable } from '../printable.ts'

/** Where a command writes; tests give their own. */
export interface Output {
  /** Standard output, a line at a time. */
  print(line: string): void
  /** Standard error: what went wrong, and in `--json` everything that is not JSON. */
  complain(line: string): void
  readonly isTerminal: boolean
}

/** What failed, and why; most messages name it themselves, and then it is not named twice. */
export function failureLines(subject: string, error: unknown): string[] {
  const [what = '', ...hints] = explain(error)
  const name = printable(subject)
  const line = what.startsWith(name) ? what : `${name}: ${what}`
  return [`failed: ${line}`, ...hints.map((hint) => `        ${hint}`)]
}

/** An error as the user reads it: what happened, then the way out. */
export function explain(error: unknown): string[] {
  const lines = [printable(messageOf(error))]
  if (error instanceof AppError && error.hint) lines.push(printable(error.hint))
  return lines
}
