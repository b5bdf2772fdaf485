import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** Relative paths mean the folder of the caller, also through `npm run`, which changes to the package's own. */
export function callersPath(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env
  return resolve(script === 'cli' && caller !== undefined ? caller : '', path)
}

export function destinationFolder(path: string | undefined): string {
  return callersPath(path ?? (existsSync('/output') ? '/output' : 'output'))
}
