import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { TransfersView } from '../../main/api/shapes.ts'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { runCli } from '../support/cli.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'

const image = 'nvcr.io/nvidia/pytorch:24.05-py3'
const other = 'nvcr.io/nvidia/pytorch:24.04-py3'
let sandbox: Sandbox
let home: { path: string; remove: () => void }
let stick: string
const started: TestDesktop[] = []

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  home = temporaryFolder()
  stick = join(home.path, 'stick')
  await mkdir(stick)
})
afterEach(async () => {
  sandbox.faults.clear()
  Object.assign(sandbox.settings, defaultSettings)
  await Promise.all(started.splice(0).map((desktop) => desktop.close()))
  home.remove()
})

async function start(): Promise<TestDesktop> {
  const desktop = await startDesktop({ sandbox, folder: home.path })
  started.push(desktop)
  return desktop
}

async function begin(references: string[]): Promise<TestDesktop> {
  const desktop = await start()
  const { handlers } = desktop
  await handlers['session.begin']({ as: 'sandbox' })
  await handlers['selection.add']({ references })
  desktop.chosen.folder = stick
  const place = await handlers['places.choose']({})
  const plan = await handlers['plan.make']({ grant: place?.grant ?? '' })
  await handlers['transfers.start']({ plan: plan.id })
  return desktop
}

const view = (desktop: TestDesktop): TransfersView =>
  desktop.handlers['transfers.get']({}) as TransfersView
const phases = (desktop: TestDesktop): string[] => view(desktop).rows.map(({ phase }) => phase)
const reaches = (desktop: TestDesktop, wanted: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(phases(desktop)).toEqual(wanted), { timeout: 20_000, interval: 20 })
const isUnderWay = (desktop: TestDesktop): Promise<void> =>
  vi.waitFor(() => expect(view(desktop).rows[0]?.fetchedBytes).toBeGreaterThan(0), {
    timeout: 20_000,
    interval: 10,
  })

async function tarballs(): Promise<Record<string, string>> {
  const names = (await readdir(stick)).filter((name) => name.endsWith('.tar'))
  const sums = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(stick, name))
      return [name, createHash('sha256').update(bytes).digest('hex')] as const
    }),
  )
  return Object.fromEntries(sums)
}

/** Partial files and their journals. */
async function unfinished(): Promise<string[]> {
  return (await readdir(stick)).filter((name) => /\.(?:partial|journal)$/.test(name))
}

/** That the sandbox sent so far. */
function blobBytes(): number {
  return sandbox.requests.all({ role: 'blobs' }).reduce((sum, { sentBytes }) => sum + sentBytes, 0)
}

/** Which of two images ends first is chance, and so is the order of their lines in state.yml. */
async function contentOf(at: string, name: string): Promise<unknown> {
  const bytes = await readFile(join(at, name))
  return name === 'state.yml' ? bytes.toString().split('\n').toSorted() : bytes
}

test('a plan becomes transfers, and the place is safe when all of them are durable', async () => {
  const desktop = await begin([image, other])
  expect(view(desktop).safe).toEqual([])
  await reaches(desktop, ['done', 'done'])
  const { rows, safe, totalBytes, doneBytes } = view(desktop)
  expect(safe.map(({ place }) => place.label)).toEqual([stick])
  expect(doneBytes).toBe(totalBytes)
  expect(rows.map(({ file }) => file)).toEqual(Object.keys(await tarballs()).toReversed())
  const sums = await readFile(join(stick, 'SHA256SUMS'), 'utf8')
  for (const [name, sum] of Object.entries(await tarballs()))
    expect(sums).toContain(`${sum}  ${name}`)
})

test('a paused transfer keeps what was fetched, and goes on to the same bytes when it is resumed', async () => {
  const desktop = await begin([image])
  await reaches(desktop, ['done'])
  const whole = await tarballs()
  home.remove()
  await mkdir(stick, { recursive: true })
  sandbox.settings.bytesPerSecond = 400_000
  const again = await begin([image])
  await isUnderWay(again)
  await again.handlers['transfers.pause']({ ids: 'all' })
  await reaches(again, ['paused'])
  expect(view(again)).toMatchObject({ isPaused: true, safe: [] })
  await vi.waitFor(async () => expect(await unfinished()).toHaveLength(2))
  const [paused] = view(again).rows
  expect(paused?.writtenBytes).toBeGreaterThan(0)
  expect(paused?.bytesPerSecond).toBeUndefined()
  const before = blobBytes()
  Object.assign(sandbox.settings, defaultSettings)
  await again.handlers['transfers.resume']({ ids: 'all' })
  await reaches(again, ['done'])
  expect(await tarballs()).toEqual(whole)
  expect(blobBytes() - before).toBeLessThan(paused?.sizeBytes ?? 0)
  expect(await unfinished()).toEqual([])
})

test('a cancelled transfer ends, keeps what was fetched, and can be tried again', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.handlers['transfers.cancel']({ ids: 'all', remove: false })
  await reaches(desktop, ['cancelled'])
  await vi.waitFor(async () => expect(await unfinished()).toHaveLength(2))
  Object.assign(sandbox.settings, defaultSettings)
  const [row] = view(desktop).rows
  await desktop.handlers['transfers.retry']({ ids: [row?.id ?? ''] })
  await reaches(desktop, ['done'])
})

test('a cancelled transfer takes what was fetched away when it is asked to', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.handlers['transfers.cancel']({ ids: 'all', remove: true })
  expect(phases(desktop)).toEqual(['cancelled'])
  expect(await unfinished()).toEqual([])
})

test('either host goes on with what the other began', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await vi.waitFor(async () => expect(await unfinished()).toHaveLength(2))
  const site = join(home.path, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const command = ['--site', site, '--output-path', stick, '--verbose', image]
  let child: ChildProcess | undefined
  const running = runCli(command, { started: (process) => void (child = process) })
  const begun = await begunBytes()
  await vi.waitFor(async () => expect(await begunBytes()).toBeGreaterThan(begun), {
    timeout: 20_000,
  })
  child?.kill('SIGKILL')
  await running
  Object.assign(sandbox.settings, defaultSettings)
  sandbox.requests.clear()
  await desktop.handlers['transfers.resume']({ ids: 'all' })
  await reaches(desktop, ['done'])
  expect(sandbox.requests.all().some(({ range }) => range !== undefined)).toBe(true)
  expect(await unfinished()).toEqual([])
  expect((await runCli(['verify', stick])).code).toBe(0)
})

const partialName = 'nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar.partial'
const begunBytes = async (): Promise<number> => (await stat(join(stick, partialName))).size

test('after a crash the queue is there again, and goes on by itself', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image, other])
  await isUnderWay(desktop)
  await desktop.kill()
  Object.assign(sandbox.settings, defaultSettings)
  const again = await start()
  await reaches(again, ['done', 'done'])
  expect(Object.keys(await tarballs())).toHaveLength(2)
})

test('what a crash left unfinished goes away when its transfer is cancelled', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.kill()
  expect(await unfinished()).toHaveLength(2)
  const again = await start()
  await again.handlers['transfers.cancel']({ ids: 'all', remove: true })
  expect(await unfinished()).toEqual([])
})

test('what the user paused stays paused after a restart', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await desktop.close()
  const again = await start()
  expect(phases(again)).toEqual(['paused'])
})

test('a wrong bit fails its image in words with ways out, leaves no tarball, and may be tried again', async () => {
  sandbox.faults.add({ role: 'blobs', times: 20, does: { kind: 'flip', atByte: 50_000 } })
  const desktop = await begin([image])
  await reaches(desktop, ['failed'])
  const [row] = view(desktop).rows
  expect(row?.failure).toMatchObject({ code: 'digest-mismatch', ways: ['retry'] })
  expect(await tarballs()).toEqual({})
  expect(view(desktop).safe).toEqual([])
  sandbox.faults.clear()
  await desktop.handlers['transfers.retry']({ ids: 'all' })
  await reaches(desktop, ['done'])
  await desktop.handlers['transfers.clear']({})
  expect(phases(desktop)).toEqual([])
})

test('bytes are read back where the settings want it, and the library knows it', async () => {
  const desktop = await start()
  await desktop.handlers['settings.change']({ verifyAfterWrite: 'always' })
  await desktop.close()
  started.pop()
  const again = await begin([image])
  await reaches(again, ['done'])
  const grant = view(again).rows[0]?.place.grant ?? ''
  const library = await again.handlers['library.open']({ grant })
  expect(library.rows).toMatchObject([
    { reference: image, status: 'complete', verified: { ok: true } },
  ])
})

test('an order changes only among what has not ended', async () => {
  sandbox.settings.bytesPerSecond = 200_000
  const desktop = await begin([image, other])
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  const [, second] = view(desktop).rows
  await desktop.handlers['transfers.move']({ id: second?.id ?? '', by: -1 })
  expect(view(desktop).rows.map(({ reference }) => reference)).toEqual([other, image])
})

test('the desktop and the command line write the same bytes and the same records', async () => {
  const desktop = await begin([image, other])
  await reaches(desktop, ['done', 'done'])
  const output = join(home.path, 'output')
  const site = join(home.path, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const run = await runCli(['--site', site, '--output-path', output, image, other])
  expect(run.code).toBe(0)
  const names = await readdir(stick)
  expect((await readdir(output)).toSorted()).toEqual(names.toSorted())
  for (const name of names) {
    expect(await contentOf(stick, name), name).toEqual(await contentOf(output, name))
  }
})
