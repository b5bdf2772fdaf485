import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { redact } from '../net/redact.ts'

/** Writes one line to the log. `error` is for a bug: its stack goes in. Secrets are taken out here. */
export type Log = (line: string, error?: unknown) => void

const keepBytes = 1_000_000

/** A log at `path`, with its predecessor kept beside it; also on standard error. Never throws. */
export function createLog(path: string): Log {
  // Whoever read it may be gone: an error that nobody hears would be logged, and be written there, and so on for ever.
  process.stderr.on('error', () => undefined)
  quietly(() => mkdirSync(dirname(path), { recursive: true }))
  quietly(() => {
    if (statSync(path).size > keepBytes) renameSync(path, `${path}.old`)
  })
  return (line, error) => {
    const detail = error instanceof Error ? `\n${error.stack ?? error.message}` : ''
    const text = `${new Date().toISOString()} ${redact(line + detail)}\n`
    quietly(() => process.stderr.write(text))
    quietly(() => appendFileSync(path, text))
  }
}

/** A full disk must not turn a message into a crash. */
function quietly(action: () => unknown): void {
  try {
    action()
  } catch {
    // There is nowhere left to say it.
  }
}
