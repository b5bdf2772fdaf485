/**
 * Whether a YAML text asks too much of its parser, which calls itself for each level and keeps an error for each mark
 * too many. What people write has a handful of levels.
 */
export function isOverdone(text: string): boolean {
  if (/^ {200}|(?:[-?:] +){50}|(?:[&*!|>][^\s]* +){50}/m.test(text)) return true
  let depth = 0
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth += 1
    if ((sign === ']' || sign === '}') && depth > 0) depth -= 1
    if (depth > 200) return true
  }
  return false
}
