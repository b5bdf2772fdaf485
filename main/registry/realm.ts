/**
 * Whether credentials may be sent to a token service. A registry names it in its challenge, so whoever can forge an
 * answer of the registry, or runs a registry of their own, could ask for the key to be sent to them.
 *
 * Allowed: the registry's own host; hosts that the user's site names; a parent domain of the registry's host
 * (registry.gitlab.example.com → gitlab.example.com), for its owner rules over the registry's name anyway, or a host below
 * the registry's. Not allowed: siblings, for `azurecr.io` and its like give a name to anyone. Docker Hub's token service is
 * a sibling and therefore named here. Encrypted always, unless the registry itself is spoken to in plain text.
 */
export function mayReceiveCredentials(
  realm: URL,
  registry: URL,
  trustedHosts: readonly string[],
): boolean {
  if (!mayBeAsked(realm, registry)) return false
  const asked = realm.hostname
  const own = registry.hostname
  if (asked === own || asked.endsWith(`.${own}`)) return true
  if (asked.includes('.') && own.endsWith(`.${asked}`)) return true
  if (own === 'registry-1.docker.io' && asked === 'auth.docker.io') return true
  return trustedHosts.includes(asked) || trustedHosts.includes(realm.host)
}

/** A guest may ask any token service, for there is nothing to lose; in plain text only where the registry is, too. */
export function mayBeAsked(realm: URL, registry: URL): boolean {
  return (
    realm.protocol === 'https:' || (realm.protocol === 'http:' && registry.protocol === 'http:')
  )
}
