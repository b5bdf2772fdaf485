import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../main/ngc/secret.ts'
import {
  answer,
  BASIC,
  bearer,
  KEY,
  key,
  pytorch,
  startAsking,
  type Rules,
} from '../support/asking-registry.ts'
import { registryAt } from '../support/registry-client.ts'
import { serve } from '../support/server.ts'

test('a key that is worse than none: the image is got as guest, and that is said', async () => {
  for (const refusedAt of ['token', 'registry'] as const) {
    const { registry, lines } = await startAsking(
      {
        token: ({ headers }) => {
          if (!headers.authorization) return 'guest'
          return refusedAt === 'token' ? 403 : 'scoped'
        },
        refuse: (sent, far) => {
          if (sent === 'Bearer guest') return undefined
          return sent === undefined ? bearer(far) : 403
        },
      },
      { credentials: () => key },
    )
    await registry.manifest(pytorch)
    expect(registry.access(pytorch)).toBe('guest-instead')
    expect(lines.join('\n')).toContain('trying as guest')
    expect(lines.join('\n')).not.toContain(KEY)
  }
})

test('a final no tells of the licence and where to accept it; the key is tried again later', async () => {
  let accepted = false
  const { registry } = await startAsking(
    {
      token: ({ headers }) => (headers.authorization === BASIC ? 'mine' : 'guest'),
      refuse: (sent, far) => {
        if (sent === undefined) return bearer(far)
        return accepted && sent === 'Bearer mine' ? undefined : 403
      },
    },
    { credentials: () => key },
  )
  const error: unknown = await registry.manifest(pytorch).catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'denied',
    message:
      'nvcr.io lets neither this key nor a guest pull nvidia/pytorch (DENIED: requested access is denied).',
  })
  expect(String((error as { hint?: string }).hint)).toContain(
    'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch',
  )
  accepted = true
  await registry.manifest(pytorch)
  expect(registry.access(pytorch)).toBe('credentials')
})

test('a guest who is refused learns that a key may be needed', async () => {
  const { registry } = await startAsking({ token: () => 401, refuse: (_sent, far) => bearer(far) })
  const team = { ...pytorch, repository: 'nvidia/clara/monai' }
  await expect(registry.manifest(team)).rejects.toMatchObject({
    code: 'unauthorized',
    hint: expect.stringMatching(/key.*orgs\/nvidia\/teams\/clara\/containers\/monai$/) as string,
  })
})

test('a key never goes to a token service of another host; a guest does', async () => {
  const stranger = await serve((_request, response) => answer(response, 200, { token: 'guest' }))
  onTestFinished(() => stranger.close())
  // Another name for this computer is another host.
  const realm = `http://localhost:${stranger.url.port}/token`
  const rules: Rules = {
    refuse: (sent) => (sent === 'Bearer guest' ? undefined : `Bearer realm="${realm}"`),
  }
  const { registry } = await startAsking(rules, { credentials: () => key })
  await registry.manifest(pytorch)
  expect(registry.access(pytorch)).toBe('guest-instead')
  expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])

  const trusting = await startAsking(rules, {
    credentials: () => key,
    trustedRealms: ['localhost'],
  })
  await trusting.registry.manifest(pytorch)
  expect(stranger.requests.at(-1)!.headers.authorization).toBe(BASIC)
})

test('451 means the region, at the registry and at the token service', async () => {
  const { registry } = await startAsking({ refuse: () => 451 })
  await expect(registry.manifest(pytorch)).rejects.toMatchObject({ code: 'region' })
  const other = await startAsking({ token: () => 451, refuse: (_sent, far) => bearer(far) })
  await expect(other.registry.manifest(pytorch)).rejects.toMatchObject({
    code: 'region',
    message: expect.stringContaining('nvidia/pytorch') as string,
  })
})

test('a key or password shows nowhere, even where the registry repeats it', async () => {
  const letters = fc.constantFrom(...'ABCXYZabcxyz0189_-$%/"\\ é'.split(''))
  const secrets = fc.oneof(
    fc.string({ unit: letters, minLength: 8, maxLength: 90 }).map((text) => `p${text}w`),
    fc
      .string({ unit: fc.constantFrom(...'abcXYZ019_-'.split('')), minLength: 64, maxLength: 64 })
      .map((text) => `nvapi-${text}`),
  )
  let given = ''
  const server = await serve((request, response) => {
    const sent = request.headers.authorization ?? ''
    const message = `${given} came as ${sent}, which is ${Buffer.from(sent.slice(6), 'base64').toString()}`
    answer(
      response,
      request.url.startsWith('/token') ? 401 : 403,
      { errors: [{ code: 'DENIED', message }] },
      { 'www-authenticate': 'Basic realm="x"' },
    )
  })
  onTestFinished(() => server.close())
  await fc.assert(
    fc.asyncProperty(secrets, fc.boolean(), async (text, isKey) => {
      given = text
      const secret = new Secret(text)
      const lines: string[] = []
      const { registry, http } = registryAt(server.url, {
        log: (line) => lines.push(line),
        credentials: () =>
          isKey
            ? { kind: 'key', key: secret }
            : { kind: 'password', username: 'joe', password: secret },
      })
      const error: unknown = await registry.manifest(pytorch).catch((reason: unknown) => reason)
      const shown = [String(error), JSON.stringify(error), inspect(error), ...lines].join('\n')
      expect(shown).toContain('DENIED')
      expect(shown).not.toContain(text)
      expect(shown).not.toContain(Buffer.from(`$oauthtoken:${text}`).toString('base64'))
      await http.close()
    }),
    { numRuns: 40 },
  )
})
