import { readFileSync, renameSync } from 'node:fs'
import type { z } from 'zod'

/**
 * Looks at a JSON file of ours before it is opened. One that is torn or not of its shape is renamed, so
 * that it can be looked at, and a new one begins; returns its new path then, and undefined if all is well.
 */
export function setAsideIfDamaged(
  path: string,
  schema: z.ZodType,
  now: Date = new Date(),
): string | undefined {
  const text = read(path)
  if (text === undefined || isWhole(text, schema)) return undefined
  const stamp = now.toISOString().replace(/\D/g, '').slice(0, 14)
  const aside = path.replace(/\.json$/, '') + `.damaged-${stamp}.json`
  renameSync(path, aside)
  return aside
}

function isWhole(text: string, schema: z.ZodType): boolean {
  try {
    return schema.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
