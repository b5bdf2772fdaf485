import { expect, test } from 'vitest'
import { checkKey } from '../../main/ngc/check-key.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { practise } from './practice.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
const practice = practise(sandbox.site)

test.each([
  ['', { kind: 'none' }],
  [sandboxKeys.personal, { kind: 'personal', org: 'acme', userName: 'Sandy Box' }],
  [sandboxKeys.legacy, { kind: 'legacy', org: 'acme' }],
  [sandboxKeys.dgx, { kind: 'dgx' }],
])('a good key tells whose it is: %#', async (key, owner) => {
  expect(await checkKey(practice.parts(key))).toEqual(owner)
})

test.each([`nvapi-${'x'.repeat(64)}`, 'x'.repeat(84), 'x'.repeat(40)])(
  'a bad key is refused: %#',
  async (key) => {
    await expect(checkKey(practice.parts(key))).rejects.toMatchObject({ code: 'unauthorized' })
  },
)

test('a key is checked by its orgs where the service for keys is missing', async () => {
  const remove = sandbox.faults.add({
    path: '/v3/keys',
    times: Infinity,
    does: { kind: 'status', status: 404 },
  })
  expect(await checkKey(practice.parts(sandboxKeys.personal))).toEqual({
    kind: 'personal',
    org: 'acme',
  })
  remove()
})

test('the key is in no path, query or error of a check', async () => {
  sandbox.requests.clear()
  sandbox.faults.add({ role: 'catalog', times: 20, does: { kind: 'status', status: 500 } })
  const failed: unknown = await checkKey(practice.parts(sandboxKeys.personal)).catch(
    (error: unknown) => error,
  )
  sandbox.faults.clear()
  expect(failed).toMatchObject({ code: 'network' })
  const seen = JSON.stringify([sandbox.requests.all(), failed, String(failed)])
  expect(seen).not.toContain(sandboxKeys.personal)
})
