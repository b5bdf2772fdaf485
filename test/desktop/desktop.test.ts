import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Selection } from '../../main/api/shapes.ts'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const sandbox = await sandboxForTests()
let home: { path: string; remove: () => void }
const started: TestDesktop[] = []

beforeEach(() => {
  home = temporaryFolder()
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((desktop) => desktop.close()))
  home.remove()
})

async function start(secrets?: Map<string, string>): Promise<TestDesktop> {
  const desktop = await startDesktop({ sandbox, folder: home.path, secrets })
  started.push(desktop)
  return desktop
}

async function keptText(): Promise<string> {
  const folder = join(home.path, 'kept')
  const files = await readdir(folder)
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n')
}

test('a good key is checked, named and kept in the key store alone, over a restart too', async () => {
  const secrets = new Map<string, string>()
  const desktop = await start(secrets)
  await desktop.handlers['settings.change']({ site: { ...sandbox.site } })
  const key = sandboxKeys.personal
  const session = await desktop.handlers['session.enterKey']({ key })
  expect(session).toMatchObject({ kind: 'key', keyKind: 'personal', org: 'acme', kept: 'store' })
  expect(secrets.get('key')).toBe(key)
  expect(await keptText()).not.toContain(key)
  expect(JSON.stringify([desktop.last, desktop.logged])).not.toContain(key)
  await desktop.close()
  const again = await start(secrets)
  expect(again.handlers['session.get']({})).toEqual(session)
  await again.handlers['session.end']({})
  expect(secrets.size).toBe(0)
})

test('a key store that gives no key any more ends the session, in words', async () => {
  const secrets = new Map<string, string>()
  const desktop = await start(secrets)
  await desktop.handlers['settings.change']({ site: { ...sandbox.site } })
  await desktop.handlers['session.enterKey']({ key: sandboxKeys.personal })
  await desktop.close()
  secrets.set('key', 'gar\u0000bage')
  const again = await start(secrets)
  expect(again.handlers['session.get']({})).toEqual({ kind: 'none' })
  expect(again.notices).toEqual(['The key store did not give the key.'])
})

test('a wrong key is refused in words that do not repeat it, and nothing is kept', async () => {
  const desktop = await start(new Map())
  await desktop.handlers['settings.change']({ site: { ...sandbox.site } })
  const key = `nvapi-${'wrong---'.repeat(8)}`
  const refused = desktop.handlers['session.enterKey']({ key })
  await expect(refused).rejects.toMatchObject({ code: 'unauthorized' })
  await expect(refused).rejects.not.toThrow(key)
  expect(desktop.handlers['session.get']({})).toEqual({ kind: 'none' })
})

test('without a key store a key lives until the application ends, and the session says so', async () => {
  const desktop = await start()
  await desktop.handlers['settings.change']({ site: { ...sandbox.site } })
  expect(await desktop.handlers['session.enterKey']({ key: sandboxKeys.dgx })).toMatchObject({
    keyKind: 'dgx',
    kept: 'memory',
  })
  expect(desktop.handlers['settings.get']({})).toMatchObject({ canKeepKeys: false })
  await desktop.close()
  expect((await start()).handlers['session.get']({})).toEqual({ kind: 'none' })
})

test('the password of a proxy goes to the key store, and the window sees the address without it', async () => {
  const secrets = new Map<string, string>()
  const desktop = await start(secrets)
  const proxy = 'http://user:hush@proxy.example:3128'
  const settings = await desktop.handlers['settings.change']({ proxy })
  expect(settings.proxy).toBe('http://user@proxy.example:3128')
  expect(secrets.get('proxy-password')).toBe('hush')
  expect(await keptText()).not.toContain('hush')
  await desktop.handlers['settings.change']({ proxy: settings.proxy })
  expect((await desktop.settings.proxy()).https?.password).toBe('hush')
})

test('the catalogue is listed, and one that fails keeps what was there', async () => {
  const own = await startSandbox()
  const desktop = await start()
  await desktop.handlers['settings.change']({ site: { ...own.site } })
  await desktop.handlers['session.begin']({ as: 'guest' })
  const state = () => desktop.handlers['catalogue.get']({})
  await vi.waitFor(async () => expect((await state()).state).toBe('ready'))
  const { repositories } = await state()
  expect(repositories.map(({ path }) => path)).toContain('nvidia/pytorch')
  const { tags } = await desktop.handlers['catalogue.tags']({ path: 'nvidia/pytorch' })
  expect(tags[0]?.tag).toBe('24.05-py3')
  own.faults.add({ role: 'catalog', times: 99, does: { kind: 'status', status: 404 } })
  await desktop.handlers['catalogue.refresh']({})
  await vi.waitFor(async () => expect((await state()).state).toBe('failed'))
  expect(await state()).toMatchObject({ repositories, failure: {} })
  await own.close()
})

test('a repository has its page, and a tag the digest that the registry publishes', async () => {
  const desktop = await start()
  const { handlers } = desktop
  await handlers['session.begin']({ as: 'sandbox' })
  expect(await handlers['catalogue.page']({ path: 'nvidia/pytorch' })).toBe(
    'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch',
  )
  const reference = 'nvcr.io/nvidia/pytorch:24.05-py3'
  const digest = await handlers['catalogue.digest']({ reference })
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(
    await handlers['catalogue.digest']({ reference: `nvcr.io/nvidia/pytorch@${digest}` }),
  ).toBe(digest)
})

test('the selection is measured, each digest once, and survives a restart', async () => {
  const desktop = await start()
  await desktop.handlers['session.begin']({ as: 'sandbox' })
  const references = ['nvidia/pytorch:24.05-py3', 'nvidia/pytorch:24.04-py3', 'nvidia/none:1']
  await desktop.handlers['selection.add']({ references })
  const selection = () => desktop.handlers['selection.get']({}) as Selection
  await vi.waitFor(
    () =>
      expect(selection().items.map(({ state }) => state)).toEqual([
        'measured',
        'measured',
        'failed',
      ]),
    { timeout: 10_000 },
  )
  expect(selection().fetchBytes).toBeGreaterThan(0)
  expect(selection().sharedBytes).toBeGreaterThan(0)
  await desktop.close()
  const again = (await start()).handlers['selection.get']({}) as Selection
  expect(again.items).toHaveLength(3)
})

test('rules are counted without selecting, and pasted lines are told apart', async () => {
  const desktop = await start()
  await desktop.handlers['session.begin']({ as: 'sandbox' })
  const preview = await desktop.handlers['selection.preview']({
    projects: ['nvidia'],
    images: ['pytorch'],
    strictNameMatch: true,
    exclude: [],
    latest: 2,
  })
  expect(preview.references).toEqual([
    'nvcr.io/nvidia/pytorch:24.05-py3',
    'nvcr.io/nvidia/pytorch:24.04-py3',
  ])
  expect(
    await desktop.handlers['selection.parse']({
      text: 'docker pull nvcr.io/nvidia/cuda:12.4.1\n\n# note\nnvidia/pytorch:24.05-py3\nwhat is this?',
    }),
  ).toEqual({
    references: ['nvcr.io/nvidia/cuda:12.4.1', 'nvcr.io/nvidia/pytorch:24.05-py3'],
    unknown: ['what is this?'],
  })
})

test.each(['/etc', '', 'f'.repeat(32)])(
  'a folder that was not granted (“%s”) is refused',
  async (grant) => {
    const { handlers } = await start()
    for (const call of ['library.open', 'plan.make', 'places.eject'] as const) {
      await expect(handlers[call]({ grant })).rejects.toMatchObject({ code: 'denied' })
    }
  },
)

test('a file outside of a granted folder is not shown', async () => {
  const desktop = await start()
  desktop.chosen.folder = home.path
  const place = await desktop.handlers['places.choose']({})
  const shown = desktop.handlers['places.show']({ grant: place?.grant ?? '', file: '../etc' })
  await expect(shown).rejects.toMatchObject({ code: 'usage' })
})

test('a library opens, verifies and exports with no network at all', async () => {
  const own = await startSandbox()
  const stick = join(home.path, 'stick')
  await mkdir(stick)
  const desktop = await startDesktop({ sandbox: own, folder: home.path })
  started.push(desktop)
  await desktop.handlers['session.begin']({ as: 'sandbox' })
  await desktop.handlers['selection.add']({ references: ['nvidia/pytorch:24.05-py3'] })
  desktop.chosen.folder = stick
  const grant = (await desktop.handlers['places.choose']({}))?.grant ?? ''
  const plan = await desktop.handlers['plan.make']({ grant })
  await desktop.handlers['transfers.start']({ plan: plan.id })
  await vi.waitFor(
    async () => expect((await desktop.handlers['transfers.get']({})).rows[0]?.phase).toBe('done'),
    { timeout: 20_000 },
  )
  const requests = own.requests.all().length
  await own.close()
  const { rows } = await desktop.handlers['library.open']({ grant })
  const id = rows[0]?.id ?? ''
  const image = await desktop.handlers['library.image']({ grant, id })
  expect(image).toMatchObject({
    cuda: { version: expect.stringMatching(/^12/) },
    description: expect.any(String),
  })
  await desktop.handlers['library.verify']({ grant, ids: [id] })
  await vi.waitFor(() =>
    expect(desktop.last['library.changed']).toMatchObject({ rows: [{ verified: { ok: true } }] }),
  )
  desktop.chosen.save = join(home.path, 'inventory.html')
  expect(await desktop.handlers['library.export']({ grant, format: 'html' })).toBe(true)
  expect(await readFile(desktop.chosen.save, 'utf8')).toContain('nvcr.io/nvidia/pytorch:24.05-py3')
  expect(own.requests.all()).toHaveLength(requests)

  const tarball = (await readdir(stick)).find((name) => name.endsWith('.tar')) ?? ''
  const bytes = await readFile(join(stick, tarball))
  bytes[20_000] = (bytes[20_000] ?? 0) ^ 1
  await rm(join(stick, tarball))
  await writeFile(join(stick, tarball), bytes)
  await desktop.handlers['library.verify']({ grant, ids: [id] })
  await vi.waitFor(() =>
    expect(desktop.last['library.changed']).toMatchObject({ rows: [{ verified: { ok: false } }] }),
  )
  const damaged = await desktop.handlers['library.image']({ grant, id })
  expect(damaged.problems.length).toBeGreaterThan(0)
})
