import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseChallenges, usableChallenge } from '../../main/registry/challenge.ts'

test.each<[string, string, ReturnType<typeof parseChallenges>]>([
  [
    'nvcr.io, without a service',
    'Bearer realm="https://nvcr.io/proxy_auth",scope="repository:nvidia/pytorch:pull,push"',
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://nvcr.io/proxy_auth',
          scope: 'repository:nvidia/pytorch:pull,push',
        },
      },
    ],
  ],
  [
    'the older nvcr.io, its scope inside the query of the realm',
    'Bearer realm="https://nvcr.io/proxy_auth?scope=repository:nvidia/pytorch:pull,push"',
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://nvcr.io/proxy_auth?scope=repository:nvidia/pytorch:pull,push',
        },
      },
    ],
  ],
  [
    'the stale-token trap',
    'Bearer realm="https://authn.nvidia.com/token", service="registry", error="invalid_token"',
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://authn.nvidia.com/token',
          service: 'registry',
          error: 'invalid_token',
        },
      },
    ],
  ],
  [
    'Docker Hub',
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
    [
      {
        scheme: 'bearer',
        parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
      },
    ],
  ],
  [
    'odd case, spaces and a bare value',
    '  bEaReR   REALM = "https://a/b" , Service=abc',
    [{ scheme: 'bearer', parameters: { realm: 'https://a/b', service: 'abc' } }],
  ],
  [
    'escapes, quotes and commas',
    String.raw`Basic realm="a \"quoted\", b\\c"`,
    [{ scheme: 'basic', parameters: { realm: String.raw`a "quoted", b\c` } }],
  ],
  [
    'several challenges, one of them with a bare token',
    'Negotiate YWJj==, Basic realm="x", charset="UTF-8", Bearer realm="https://t/",scope="a,b"',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x', charset: 'UTF-8' } },
      { scheme: 'bearer', parameters: { realm: 'https://t/', scope: 'a,b' } },
    ],
  ],
  ['a scheme alone', 'Negotiate', [{ scheme: 'negotiate', parameters: {} }]],
  ['nothing', '', []],
])('reads the challenge of %s', (_name, header, expected) => {
  expect(parseChallenges(header)).toEqual(expected)
})

test('Bearer is preferred to Basic, wherever it stands', () => {
  expect(usableChallenge('Basic realm="x", Bearer realm="https://t"')?.scheme).toBe('bearer')
  expect(usableChallenge('Negotiate, Basic realm="x"')?.scheme).toBe('basic')
  expect(usableChallenge('Bearer scope="no realm"')).toBeUndefined()
  expect(usableChallenge(undefined)).toBeUndefined()
})

test('no header breaks it, and a name of the prototype is a name like others', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (header) => {
      expect(Array.isArray(parseChallenges(header))).toBe(true)
    }),
  )
  const [challenge] = parseChallenges('Bearer __proto__="x", realm="y"')
  expect(challenge?.parameters['realm']).toBe('y')
  expect(Object.getPrototypeOf(challenge?.parameters)).toBe(Object.prototype)
})
