import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Selection, TransfersView } from '../../main/api/shapes.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const image = 'nvcr.io/nvidia/pytorch:24.05-py3'
const other = 'nvcr.io/nvidia/pytorch:24.04-py3'

const sandbox = await sandboxForTests()
let home: { path: string; remove: () => void }
let desktop: TestDesktop

beforeEach(async () => {
  home = temporaryFolder()
  await mkdir(join(home.path, 'ours'))
  await mkdir(join(home.path, 'theirs'))
  desktop = await startDesktop({ sandbox, folder: home.path })
  await desktop.handlers['session.begin']({ as: 'sandbox' })
})
afterEach(async () => {
  await desktop.close()
  home.remove()
})

async function grantOf(name: string): Promise<string> {
  desktop.chosen.folder = join(home.path, name)
  const place = await desktop.handlers['places.choose']({})
  return place?.grant ?? ''
}

/** Saves what is selected. */
async function save(name: string): Promise<void> {
  const { id } = await desktop.handlers['plan.make']({ grant: await grantOf(name) })
  await desktop.handlers['transfers.start']({ plan: id })
  await vi.waitFor(
    () => {
      const { rows } = desktop.handlers['transfers.get']({}) as TransfersView
      expect(rows.every(({ phase }) => phase === 'done')).toBe(true)
    },
    { timeout: 20_000 },
  )
}

const selection = (): Selection => desktop.handlers['selection.get']({}) as Selection

test('what the far side lacks becomes the selection and a list, each image for its own platform', async () => {
  const { handlers, chosen } = desktop
  await handlers['selection.add']({ references: [other] })
  await save('theirs')
  await handlers['selection.setPlatform']({ platform: 'linux/arm64' })
  await handlers['selection.clear']({})
  await handlers['selection.add']({ references: [image] })
  await save('ours')
  await handlers['selection.clear']({})
  await handlers['selection.setPlatform']({ platform: 'linux/amd64' })

  const compared = await handlers['library.compare']({
    grant: await grantOf('theirs'),
    wanted: { kind: 'folder', grant: await grantOf('ours') },
  })
  expect(compared).toMatchObject({
    differences: [
      { kind: 'missing', wanted: { reference: image, platform: 'linux/arm64' } },
      { kind: 'extra', found: { reference: other, platform: 'linux/amd64' } },
    ],
  })
  const id = compared?.id ?? ''
  chosen.save = join(home.path, 'missing.json')
  expect(await handlers['library.saveMissing']({ id, isSwapped: false })).toBe(true)
  expect(JSON.parse(await readFile(chosen.save, 'utf8'))).toMatchObject({
    version: 1,
    images: [{ reference: image, platform: 'linux/arm64' }],
  })
  expect(await handlers['selection.addMissing']({ id, isSwapped: true })).toEqual({ added: 1 })
  expect(selection().items).toMatchObject([{ reference: other, platforms: ['linux/amd64'] }])
  await handlers['selection.clear']({})

  chosen.list = chosen.save
  expect(await handlers['selection.openList']({})).toEqual({ added: 1 })
  expect(selection().items).toMatchObject([{ reference: image, platforms: ['linux/arm64'] }])
  await save('theirs')
  const again = await handlers['library.compare']({
    grant: await grantOf('theirs'),
    wanted: { kind: 'list' },
  })
  expect(again?.differences.filter(({ kind }) => kind !== 'extra')).toEqual([])
})

test('a selection is compared with what is there', async () => {
  const { handlers } = desktop
  await handlers['selection.add']({ references: [image, other] })
  await save('ours')
  const names = await readdir(join(home.path, 'ours'))
  const file = names.find((name) => name.includes('24.04')) ?? ''
  await rename(join(home.path, 'ours', file), join(home.path, file))
  const grant = await grantOf('ours')
  const compared = await handlers['library.compare']({ grant, wanted: { kind: 'selection' } })
  expect(compared?.differences).toEqual([
    { kind: 'missing', wanted: { reference: other, platform: 'linux/amd64' } },
  ])
})

test('what was done is told with each image: saved and verified', async () => {
  const { handlers } = desktop
  await handlers['selection.add']({ references: [image] })
  await save('ours')
  const grant = await grantOf('ours')
  const { rows } = await handlers['library.open']({ grant })
  expect(rows).toMatchObject([{ records: [{ what: 'saved', ok: true }] }])
  expect(rows[0]).not.toHaveProperty('verified')
  await handlers['library.verify']({ grant, ids: rows.map(({ id }) => id) })
  await vi.waitFor(async () => {
    const view = await handlers['library.open']({ grant })
    expect(view.rows).toMatchObject([
      { verified: { ok: true }, records: [{ what: 'saved' }, { what: 'verified', ok: true }] },
    ])
  })
})

test('a file that is no list is refused, and changing one’s mind is no error', async () => {
  const { handlers, chosen } = desktop
  expect(await handlers['selection.openList']({})).toBeNull()
  const grant = await grantOf('ours')
  expect(await handlers['library.compare']({ grant, wanted: { kind: 'list' } })).toBeNull()
  chosen.list = join(home.path, 'photo.jpg')
  await writeFile(chosen.list, 'no list')
  await expect(handlers['selection.openList']({})).rejects.toMatchObject({ code: 'usage' })
})

test('a folder that was not granted is not compared, on neither side', async () => {
  const { handlers } = desktop
  const grant = await grantOf('ours')
  const stranger = 'a'.repeat(32)
  for (const input of [
    { grant: stranger, wanted: { kind: 'selection' } },
    { grant, wanted: { kind: 'folder', grant: stranger } },
  ] as const) {
    await expect(handlers['library.compare'](input)).rejects.toMatchObject({ code: 'denied' })
  }
  const unknown = { id: 'unknown', isSwapped: false }
  await expect(handlers['library.saveMissing'](unknown)).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('a list of more than is kept is refused whole, and so is a reference that is too long', async () => {
  const { handlers, chosen } = desktop
  chosen.list = join(home.path, 'list.json')
  const listed = Array.from({ length: 21 }, (_, n) => ({
    reference: image,
    platform: `linux/v${n}`,
  }))
  await writeFile(chosen.list, JSON.stringify({ version: 1, images: listed }))
  await expect(handlers['selection.openList']({})).rejects.toThrow('more than 20 platforms')
  const long = `${'a'.repeat(250)}/${'b'.repeat(4)}:${'c'.repeat(128)}`
  const images = [{ reference: `${'d.'.repeat(80)}example/${long}`, platform: 'linux/amd64' }]
  await writeFile(chosen.list, JSON.stringify({ version: 1, images }))
  await expect(handlers['selection.openList']({})).rejects.toThrow('too long')
  expect(selection().items).toEqual([])
})
