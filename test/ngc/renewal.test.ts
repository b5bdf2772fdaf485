import { expect, test } from 'vitest'
import { JsonClient } from '../../main/ngc/json-client.ts'
import { Secret } from '../../main/ngc/secret.ts'
import { TokenExchange } from '../../main/ngc/token-exchange.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { practise } from './practice.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
const practice = practise(sandbox.site)

const exchanges = () => sandbox.requests.all({ role: 'auth' }).length

test('a token serves until it nears its end, and each org and team has its own', async () => {
  const { site, http, retry } = practice.parts('')
  let now = 0
  const key = new Secret(sandboxKeys.legacy)
  const tokens = new TokenExchange(
    { auth: site.auth, key, json: new JsonClient(http, retry) },
    () => now,
  )
  const first = await tokens.authorization({ org: 'acme' })
  expect(await tokens.authorization({ org: 'acme' })).toBe(first)
  expect(await tokens.authorization({ org: 'acme', team: 'vision' })).not.toBe(first)
  now = 569_000
  expect(await tokens.authorization({ org: 'acme' })).toBe(first)
  now = 571_000
  expect(await tokens.authorization({ org: 'acme' })).not.toBe(first)
  expect(exchanges()).toBe(3)
})

test('a token that ended early is renewed once, and the answer is had', async () => {
  const catalogue = practice.catalogue(sandboxKeys.legacy)
  await catalogue.tags('acme/inspection')
  sandbox.faults.add({ path: '/v2/org/acme/repos', does: { kind: 'status', status: 401 } })
  expect(await catalogue.tags('acme/inspection')).toHaveLength(2)
  expect(exchanges()).toBe(2)
})

test('a key that stays refused is not renewed for ever', async () => {
  const catalogue = practice.catalogue(sandboxKeys.legacy)
  sandbox.faults.add({ role: 'catalog', times: Infinity, does: { kind: 'status', status: 401 } })
  await expect(catalogue.tags('acme/inspection')).rejects.toMatchObject({ code: 'unauthorized' })
  expect(exchanges()).toBe(2)
})

test('an org that the key was denied is not asked for at authn again', async () => {
  const catalogue = practice.catalogue(sandboxKeys.legacy)
  for (const path of ['nvidia/pytorch', 'nvidia/cuda', 'nvidia/pytorch']) await catalogue.tags(path)
  expect(exchanges()).toBe(1)
})

test('tokens of a single second are lived with', async () => {
  sandbox.settings.catalogueTokenSeconds = 1
  const catalogue = practice.catalogue(sandboxKeys.legacy)
  for (let round = 0; round < 3; round += 1) {
    expect(await catalogue.tags('acme/vision/defect-detector')).toHaveLength(1)
  }
})

test.each([429, 500, 502, 503])('a passing %i is retried', async (status) => {
  sandbox.faults.add({ role: 'catalog', times: 2, does: { kind: 'status', status } })
  expect((await practice.catalogue().tags('nvidia/caffe')).length).toBe(2)
  expect(sandbox.requests.all()).toHaveLength(3)
})

test('a storm of 429 ends in a clear error', async () => {
  sandbox.faults.add({
    role: 'catalog',
    times: Infinity,
    does: { kind: 'status', status: 429, retryAfterSeconds: 1 },
  })
  const stormy = practice.catalogue().tags('nvidia/caffe')
  await expect(stormy).rejects.toMatchObject({ code: 'rate-limited' })
})

test('a question can be taken back', async () => {
  sandbox.faults.add({ role: 'catalog', does: { kind: 'stall', afterBytes: 10 } })
  const controller = new AbortController()
  const asked = practice.catalogue().tags('nvidia/caffe', controller.signal)
  setImmediate(() => controller.abort())
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
})
