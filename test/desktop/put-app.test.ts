import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { PlanView } from '../../main/api/shapes.ts'
import type { PackedApp } from '../../main/carried-app/pack-app.ts'
import { packApp } from '../../main/carried-app/pack-app.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { madeApp } from '../support/made-app.ts'

const image = 'nvcr.io/nvidia/pytorch:24.05-py3'
let sandbox: Sandbox
let home: { path: string; remove: () => void }
let stick: string
let app: PackedApp
let desktop: TestDesktop

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  home = temporaryFolder()
  stick = join(home.path, 'stick')
  await mkdir(stick)
  app = await packApp(await madeApp(join(home.path, 'installed')))
  desktop = await startDesktop({ sandbox, folder: home.path, app })
  await desktop.handlers['session.begin']({ as: 'sandbox' })
  await desktop.handlers['selection.add']({ references: [image] })
})
afterEach(async () => {
  await desktop.close()
  home.remove()
})

async function plan({ handlers, chosen }: TestDesktop): Promise<PlanView> {
  chosen.folder = stick
  const place = await handlers['places.choose']({})
  return await handlers['plan.make']({ grant: place?.grant ?? '' })
}

async function begin(): Promise<void> {
  await desktop.handlers['transfers.start']({ plan: (await plan(desktop)).id })
  const isDone = (): boolean => desktop.transfers.view().rows.every(({ phase }) => phase === 'done')
  await vi.waitFor(() => expect(isDone()).toBe(true), { timeout: 20_000 })
}

test('the plan offers it with its size, and counts it once it is wanted', async () => {
  const before = await plan(desktop)
  expect(before.app).toEqual({ sizeBytes: app.sizeBytes, state: 'left-out' })
  await desktop.handlers['settings.change']({ withApp: true })
  const after = await plan(desktop)
  expect(after.app).toEqual({ sizeBytes: app.sizeBytes, state: 'new' })
  expect(after.writeBytes).toBe(before.writeBytes + app.sizeBytes)
})

test('it is on the drive with the images, and what the drive tells of itself', async () => {
  await desktop.handlers['settings.change']({ withApp: true })
  await begin()
  expect(await readdir(join(stick, 'app'))).toContain(app.name)
  const sums = await readFile(join(stick, 'SHA256SUMS'), 'utf8')
  expect(sums.match(/\S+$/gm)).toEqual([
    `app/${app.name}`,
    expect.stringMatching(/pytorch.*\.tar$/),
  ])
  expect(await readFile(join(stick, 'inventory.html'), 'utf8')).toContain('in the folder app')
  expect((await plan(desktop)).app).toMatchObject({ state: 'present' })
})

test('it comes later, where the images are there already', async () => {
  await begin()
  await desktop.handlers['settings.change']({ withApp: true })
  const { app: state, findings } = await plan(desktop)
  expect(state).toMatchObject({ state: 'new' })
  expect(findings.map(({ message }) => message)).not.toContainEqual(
    expect.stringContaining('nothing to do'),
  )
  await begin()
  expect(await readdir(join(stick, 'app'))).toContain(app.name)
  expect(desktop.notices).toEqual([])
})

test('a drive that is gone meanwhile is told, and nothing is queued', async () => {
  await desktop.handlers['settings.change']({ withApp: true })
  const { id } = await plan(desktop)
  await rm(stick, { recursive: true })
  const start = async (): Promise<void> => await desktop.handlers['transfers.start']({ plan: id })
  await expect(start()).rejects.toMatchObject({ code: 'destination' })
  expect(desktop.transfers.view().rows).toEqual([])
})

test('what is not installed cannot offer it', async () => {
  await desktop.close()
  desktop = await startDesktop({ sandbox, folder: home.path })
  await desktop.handlers['settings.change']({ withApp: true })
  expect(await plan(desktop)).not.toHaveProperty('app')
})
