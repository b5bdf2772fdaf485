import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openCatalogueShelf } from '../../main/desktop/catalogue-shelf.ts'
import type { CatalogueList } from '../../main/api/shapes.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'

const path = 'nvidia/pytorch'
const row = { path, isSigned: false, isPrivate: false, isMultiArchitecture: false }
let sandbox: Sandbox
let home: { path: string; remove: () => void }
const started: TestDesktop[] = []

beforeEach(async () => {
  sandbox = await startSandbox()
  home = temporaryFolder()
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((desktop) => desktop.close()))
  await sandbox.close()
  home.remove()
})

async function start(): Promise<TestDesktop> {
  const desktop = await startDesktop({ sandbox, folder: home.path })
  started.push(desktop)
  return desktop
}

const list = (desktop: TestDesktop): CatalogueList =>
  desktop.handlers['catalogue.get']({}) as CatalogueList
const reaches = async (desktop: TestDesktop, state: CatalogueList['state']): Promise<void> =>
  await vi.waitFor(() => expect(list(desktop).state).toBe(state), { timeout: 20_000 })

/** A guest has seen the list and one repository's tags, and the application has ended. */
async function seen(): Promise<CatalogueList> {
  const desktop = await start()
  await desktop.handlers['settings.change']({ site: { ...sandbox.site } })
  await desktop.handlers['session.begin']({ as: 'guest' })
  await reaches(desktop, 'ready')
  await desktop.handlers['catalogue.tags']({ path })
  const known = list(desktop)
  await desktop.close()
  started.pop()
  return known
}

test('a start without a line shows what was known, and of when it is', async () => {
  const known = await seen()
  await sandbox.close()
  const desktop = await start()
  await vi.waitFor(() => expect(list(desktop).repositories).toEqual(known.repositories))
  expect(list(desktop).fetchedMs).toBeGreaterThanOrEqual(known.fetchedMs ?? Number.NaN)
  const { tags, asOfMs } = await desktop.handlers['catalogue.tags']({ path })
  expect(tags[0]?.tag).toBe('24.05-py3')
  expect(asOfMs).toBeGreaterThan(0)
  await reaches(desktop, 'failed')
  expect(list(desktop)).toMatchObject({ repositories: known.repositories, failure: {} })
}, 60_000)

test('a session that ends takes away what was kept of it', async () => {
  await seen()
  const desktop = await start()
  await desktop.handlers['session.end']({})
  await vi.waitFor(async () => expect(await readdir(home.path)).not.toContain('catalogue'))
})

test('only the same viewer gets what was kept, and what is damaged is as if it were not there', async () => {
  const folder = join(home.path, 'shelf')
  const open = (viewer: string) =>
    openCatalogueShelf({ folder, viewer: () => viewer, log: () => undefined })
  const shelf = open('guest')
  shelf.keepList('guest', [row])
  shelf.keepTags('guest', path, [{ tag: '1', platforms: [], isSigned: false }])
  expect(await shelf.list()).toMatchObject({ repositories: [{ path }] })
  expect(await shelf.tags(path)).toMatchObject({ tags: [{ tag: '1' }] })
  expect(await shelf.tags('nvidia/cuda')).toBeUndefined()
  shelf.keepTags('one who left', 'nvidia/cuda', [])
  expect(await shelf.tags('nvidia/cuda')).toBeUndefined()
  expect(await open('another').list()).toBeUndefined()
  for (const text of ['{"version":1', '{"version":2}', '[]', '{"version":1,"repositories":7}']) {
    await writeFile(join(folder, 'repositories.json'), text)
    expect(await shelf.list()).toBeUndefined()
  }
})

test('no more than fifty lists of tags are kept, the newest of them', async () => {
  const folder = join(home.path, 'shelf')
  const shelf = openCatalogueShelf({ folder, viewer: () => 'guest', log: () => undefined })
  for (let index = 0; index < 60; index += 1) shelf.keepTags('guest', `nvidia/${index}`, [])
  expect(await shelf.tags('nvidia/59')).toBeDefined()
  expect(await shelf.tags('nvidia/10')).toBeDefined()
  expect(await shelf.tags('nvidia/9')).toBeUndefined()
})
