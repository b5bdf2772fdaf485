/** One challenge of a `WWW-Authenticate` header: scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * Parses `WWW-Authenticate` (RFC 9110, 11.3 and 11.6.1): several challenges, commas and equals signs inside quoted
 * strings, escapes. Lenient: what cannot be read is skipped, because a challenge we can use may follow.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  let rest = header
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '')
    const parameter = PARAMETER.exec(rest)
    const current = challenges.at(-1)
    if (parameter && current) {
      const [whole, name = '', quoted, bare = ''] = parameter
      const value = quoted === undefined ? bare : quoted.replace(/\\(.)/gs, '$1')
      // Where a name occurs twice the first one holds; assigned own, so that `__proto__` is a name like others.
      if (!Object.hasOwn(current.parameters, name.toLowerCase())) {
        Object.defineProperty(current.parameters, name.toLowerCase(), { value, enumerable: true })
      }
      rest = rest.slice(whole.length)
      continue
    }
    const scheme = SCHEME.exec(rest)
    if (scheme) {
      challenges.push({ scheme: scheme[1]!.toLowerCase(), parameters: {} })
      rest = rest.slice(scheme[0].length)
      continue
    }
    const next = rest.indexOf(',')
    if (next < 0) return challenges
    rest = rest.slice(next)
  }
}

/** The challenge that can be answered: Bearer with a realm before Basic. */
export function usableChallenge(header: string | undefined): Challenge | undefined {
  const challenges = parseChallenges(header ?? '')
  return (
    challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm']) ??
    challenges.find(({ scheme }) => scheme === 'basic')
  )
}

const PARAMETER = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/s
/** A scheme is a word with no `=` behind it. Negotiate and NTLM may carry a token68, which is of no use here. */
const SCHEME = /^([\w!#$%&'*+.^`|~-]+)(?=[\s,]|$)(?!\s*=)(?:[ \t]+[\w~+/.-]+=*(?=\s*(?:,|$)))?/
