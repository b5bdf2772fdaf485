import { expect, test } from 'vitest'
import { Secret } from '../../main/ngc/secret.ts'
import type { Credentials } from '../../main/registry/credentials.ts'
import {
  BASIC,
  bearer,
  key,
  pytorch,
  startAsking,
  tokensOf,
  type Rules,
} from '../support/asking-registry.ts'
import { createStillClock, impatient } from '../support/still-clock.ts'

test('a guest asks for pull alone, whatever the challenge wants, and keeps the token', async () => {
  const { server, registry } = await startAsking({
    refuse: (sent, { url }) =>
      sent === 'Bearer guest'
        ? undefined
        : `Bearer realm="${url.origin}/token?scope=repository:nvidia/pytorch:pull,push",service="hub, the \\"real\\" one",scope="repository:nvidia/pytorch:pull,push"`,
  })
  await registry.manifest(pytorch)
  await registry.manifest(pytorch)
  const [asked, ...more] = tokensOf(server)
  const { searchParams } = new URL(asked!.url, server.url)
  expect(searchParams.getAll('scope')).toEqual(['repository:nvidia/pytorch:pull'])
  expect(searchParams.get('service')).toBe('hub, the "real" one')
  expect(asked!.headers.authorization).toBeUndefined()
  expect(more).toEqual([])
  expect(registry.access(pytorch)).toBe('guest')
})

test('a key is the password of $oauthtoken, and goes to the token service alone', async () => {
  const { server, registry } = await startAsking(
    {
      token: ({ headers }) => (headers.authorization === BASIC ? { access_token: 'mine' } : 401),
      refuse: (sent, far) => (sent === 'Bearer mine' ? undefined : bearer(far)),
    },
    { credentials: () => key },
  )
  await registry.manifest(pytorch)
  expect(registry.access(pytorch)).toBe('credentials')
  const others = server.requests.filter(({ url }) => !url.startsWith('/token'))
  expect(JSON.stringify(others)).not.toContain(BASIC)
})

test('requests at the same time share one token, and each repository has its own', async () => {
  const { server, registry } = await startAsking({
    token: ({ url }) => url.replaceAll(/[^a-z]/g, ''),
    refuse: (sent, far) => (sent ? undefined : bearer(far)),
  })
  await Promise.all(Array.from({ length: 10 }, () => registry.manifest(pytorch)))
  expect(tokensOf(server)).toHaveLength(1)
  await registry.manifest({ ...pytorch, repository: 'nvidia/cuda' })
  expect(tokensOf(server)).toHaveLength(2)
})

test('a token is renewed before it runs out, after 60 seconds where nothing was said', async () => {
  const clock = createStillClock()
  const tokens: Record<string, unknown>[] = [{ token: 'a' }, { token: 'b', expires_in: 300 }]
  const { server, registry } = await startAsking(
    {
      token: () => tokens.shift() ?? { token: 'c', expires_in: 300 },
      refuse: (sent, far) => (sent ? undefined : bearer(far)),
    },
    { retry: impatient(clock) },
  )
  const sent = async (): Promise<string | undefined> => {
    await registry.manifest(pytorch)
    return server.requests.at(-1)!.headers.authorization
  }
  expect(await sent()).toBe('Bearer a')
  clock.pass(40_000)
  expect(await sent()).toBe('Bearer a')
  clock.pass(10_000)
  expect(await sent()).toBe('Bearer b')
  clock.pass(260_000)
  expect(await sent()).toBe('Bearer b')
  clock.pass(15_000)
  expect(await sent()).toBe('Bearer c')
})

test('the stale-token trap: an expired token is dropped, and its realm is not followed', async () => {
  let valid = 'first'
  const { server, registry } = await startAsking({
    token: () => valid,
    refuse: (sent, far) => {
      if (sent === `Bearer ${valid}`) return undefined
      if (sent === undefined) return bearer(far)
      return `Bearer realm="${far.url.origin}/trap", service="registry", error="invalid_token"`
    },
  })
  await registry.manifest(pytorch)
  valid = 'second'
  await Promise.all([registry.manifest(pytorch), registry.manifest(pytorch)])
  expect(server.requests.some(({ url }) => url.startsWith('/trap'))).toBe(false)
  expect(server.requests.at(-1)!.headers.authorization).toBe('Bearer second')
})

test('one unfounded 401 for a fresh token does no harm', async () => {
  let whims = 1
  const { registry } = await startAsking({
    refuse: (sent, far) => (sent !== undefined && whims-- <= 0 ? undefined : bearer(far)),
  })
  await registry.manifest(pytorch)
})

test('a registry that asks for Basic gets user and password; without them it says no', async () => {
  const password: Credentials = {
    kind: 'password',
    username: 'joe',
    password: new Secret('s3cret'),
  }
  const rules: Rules = {
    refuse: (sent) =>
      sent === `Basic ${Buffer.from('joe:s3cret').toString('base64')}`
        ? undefined
        : 'Basic realm="x"',
  }
  const { server, registry } = await startAsking(rules, { credentials: () => password })
  await registry.manifest(pytorch)
  await registry.manifest(pytorch)
  expect(server.requests).toHaveLength(3)
  const guest = await startAsking(rules)
  await expect(guest.registry.manifest(pytorch)).rejects.toMatchObject({ code: 'unauthorized' })
})

test('a registry that asks nobody is open', async () => {
  const { server, registry } = await startAsking(
    { refuse: () => undefined },
    { credentials: () => key },
  )
  await registry.manifest(pytorch)
  expect(registry.access(pytorch)).toBe('open')
  expect(server.requests[0]!.headers.authorization).toBeUndefined()
})

test('a token service without a token, or with one that is no header, is told as such', async () => {
  for (const token of ['', 'bad\nline', 'ümlaut']) {
    const { registry } = await startAsking({
      token: () => ({ token }),
      refuse: (_sent, far) => bearer(far),
    })
    await expect(registry.manifest(pytorch)).rejects.toMatchObject({ code: 'protocol' })
  }
})

test('429 at the token service is waited for', async () => {
  const clock = createStillClock()
  const tokens = [429, 503, 'guest']
  const { registry } = await startAsking(
    {
      token: () => tokens.shift() ?? 'guest',
      refuse: (sent, far) => (sent ? undefined : bearer(far)),
    },
    { retry: impatient(clock) },
  )
  await registry.manifest(pytorch)
  expect(clock.waits).toHaveLength(2)
})
