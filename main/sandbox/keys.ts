/**
 * Keys that the sandbox accepts, one of each kind, and none that NVIDIA would. They belong to the org `acme`,
 * which owns the private repositories.
 */
export const sandboxKeys = {
  personal: `nvapi-${'sandbox-'.repeat(8)}`,
  /** A valid key of `acme` that the registry denies on public images which guests may have. */
  narrow: `nvapi-${'narrow--'.repeat(8)}`,
  legacy: Buffer.from('sandbox-sandbox-sandbox-26:00000000-0000-4000-8000-000000000000').toString(
    'base64',
  ),
  dgx: 'sandbox-'.repeat(5),
} as const

/** The org of all sandbox keys. */
export const sandboxOrg = 'acme'

export type SandboxKeyName = keyof typeof sandboxKeys

/** Which of the keys this is. */
export function keyName(key: string): SandboxKeyName | undefined {
  const names: SandboxKeyName[] = ['personal', 'narrow', 'legacy', 'dgx']
  return names.find((name) => sandboxKeys[name] === key)
}

/** The key in `Authorization: Basic base64("$oauthtoken:" + KEY)`; undefined for any other header. */
export function keyInBasic(authorization: string | undefined): string | undefined {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const login = Buffer.from(encoded, 'base64').toString('utf8')
  return login.startsWith('$oauthtoken:') ? login.slice('$oauthtoken:'.length) : undefined
}

/** The key in `Authorization: ApiKey base64(KEY)`. */
export function keyInApiKey(authorization: string | undefined): string | undefined {
  const encoded = /^ApiKey (\S+)$/i.exec(authorization ?? '')?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
}
