import type { Secret } from '../ngc/secret.ts'

/** How someone is known at a registry. */
export type Credentials =
  | { readonly kind: 'key'; readonly key: Secret }
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }

/** `Basic …`; any NGC key is the password of the user `$oauthtoken`. */
export function basicAuthorization(credentials: Credentials): string {
  const pair =
    credentials.kind === 'key'
      ? `$oauthtoken:${credentials.key.reveal()}`
      : `${credentials.username}:${credentials.password.reveal()}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** What must not show, wherever a registry repeats it. */
export function secretsIn(credentials: Credentials | undefined): string[] {
  if (!credentials) return []
  return [(credentials.kind === 'key' ? credentials.key : credentials.password).reveal()]
}
