/**
 * Takes everything secret out of a text that is to be logged or shown: keys, passwords, tokens, `Authorization`, user and
 * password in addresses, and the query of every address, because it may be signed.
 * `secrets` are further exact texts; their base64 forms go too.
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let result = text
  for (const form of formsOf(secrets)) result = result.replaceAll(form, HIDDEN)
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement)
  return result
}

const HIDDEN = '[hidden]'

const patterns: readonly (readonly [RegExp, string])[] = [
  // personal and service keys of NGC
  [/\bnvapi-[\w-]+/gi, HIDDEN],
  // JSON web tokens
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  [/\b(authorization["']?\s*[:=]\s*["']?)[^"'\r\n]+/gi, `$1${HIDDEN}`],
  [/\b(bearer|basic|apikey)\s+(?!realm=)[\w+/=.~-]{8,}/gi, `$1 ${HIDDEN}`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, `$1${HIDDEN}@`],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s?"'<>]+)\?[^\s"'<>]+/gi, `$1?${HIDDEN}`],
  [
    /\b((?:access_?|refresh_?|id_?)?token|password|passwd|secret|credentials|signature|api[-_]?key)(["']?\s*[:=]\s*["']?)[^\s"'&,;}]+/gi,
    `$1$2${HIDDEN}`,
  ],
  // legacy keys are base64 of id:uuid, 84 characters; digests are hexadecimal and stay
  [/(?<![\w+/=-])(?![0-9a-f]+(?![\w+/=]))[A-Za-z0-9+/]{76,}={0,2}(?![\w+/=])/g, HIDDEN],
]

/** Longest first, so that a secret within another does not leave the rest of it standing. */
function formsOf(secrets: Iterable<string>): string[] {
  const forms = new Set<string>()
  for (const secret of secrets) {
    // Hiding every “ab” would make a text unreadable and give the secret away by its gaps.
    if (secret.length < 4) continue
    for (const plain of [secret, `$oauthtoken:${secret}`]) {
      forms.add(plain)
      forms.add(encodeURIComponent(plain))
      forms.add(JSON.stringify(plain).slice(1, -1))
      forms.add(Buffer.from(plain).toString('base64'))
      forms.add(Buffer.from(plain).toString('base64url'))
    }
  }
  return [...forms].toSorted((a, b) => b.length - a.length)
}
