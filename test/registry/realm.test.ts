import { expect, test } from 'vitest'
import { mayReceiveCredentials } from '../../main/registry/realm.ts'

test.each<[string, string, boolean]>([
  ['https://nvcr.io/proxy_auth', 'https://nvcr.io', true],
  ['https://nvcr.io:8443/token', 'https://nvcr.io', true],
  ['https://authn.nvidia.com/token', 'https://nvcr.io', true], // named by the site
  ['https://gitlab.example.com/jwt', 'https://registry.gitlab.example.com', true],
  ['https://token.registry.example.com/', 'https://registry.example.com', true],
  ['https://auth.docker.io/token', 'https://registry-1.docker.io', true],
  ['https://evil.example.com/token', 'https://nvcr.io', false],
  ['https://evilnvcr.io/token', 'https://nvcr.io', false],
  ['https://io/token', 'https://nvcr.io', false],
  ['https://evil.azurecr.io/', 'https://mine.azurecr.io', false],
  ['https://auth.docker.io/token', 'https://evil.docker.io', false],
  ['http://nvcr.io/proxy_auth', 'https://nvcr.io', false],
  ['http://127.0.0.1:9/token', 'http://127.0.0.1:8', true],
  ['ftp://nvcr.io/', 'https://nvcr.io', false],
])('credentials to %s for %s: %s', (realm, registry, allowed) => {
  expect(mayReceiveCredentials(new URL(realm), new URL(registry), ['authn.nvidia.com'])).toBe(
    allowed,
  )
})
