import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PlanView, TransfersView } from '../../main/api/shapes.ts'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import { eventsOf, runCli } from '../support/cli.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const image = 'nvcr.io/nvidia/pytorch:24.05-py3'
const other = 'nvcr.io/nvidia/pytorch:24.04-py3'
const sandbox = await sandboxForTests()
let home: { path: string; remove: () => void }
let stick: string
const started: TestDesktop[] = []

beforeEach(async () => {
  home = temporaryFolder()
  stick = join(home.path, 'stick')
  await mkdir(stick)
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((desktop) => desktop.close()))
  home.remove()
})

async function start(): Promise<TestDesktop> {
  const desktop = await startDesktop({ sandbox, folder: home.path })
  started.push(desktop)
  return desktop
}

async function planned(references: string[]): Promise<TestDesktop> {
  const desktop = await start()
  await desktop.handlers['session.begin']({ as: 'sandbox' })
  await desktop.handlers['selection.add']({ references })
  desktop.chosen.folder = stick
  return desktop
}

async function plan({ handlers }: TestDesktop): Promise<PlanView> {
  const place = await handlers['places.choose']({})
  return await handlers['plan.make']({ grant: place?.grant ?? '' })
}

async function begin(references: string[]): Promise<TestDesktop> {
  const desktop = await planned(references)
  await desktop.handlers['transfers.start']({ plan: (await plan(desktop)).id })
  return desktop
}

const view = (desktop: TestDesktop): TransfersView =>
  desktop.handlers['transfers.get']({}) as TransfersView
const phases = (desktop: TestDesktop): string[] => view(desktop).rows.map(({ phase }) => phase)
const reaches = (desktop: TestDesktop, wanted: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(phases(desktop)).toEqual(wanted), { timeout: 20_000, interval: 20 })
const isUnderWay = (desktop: TestDesktop): Promise<void> =>
  vi.waitFor(() => expect(view(desktop).rows[0]?.writtenBytes).toBeGreaterThan(300_000), {
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

/** Every file by its name: tarballs by digest, records by their lines; of the history what was done, not when. */
async function contents(folder: string): Promise<Record<string, string | string[]>> {
  const names = (await readdir(folder)).toSorted()
  const read = names.map(async (name) => {
    const bytes = await readFile(join(folder, name))
    return name.endsWith('.tar')
      ? createHash('sha256').update(bytes).digest('hex')
      : bytes
          .toString('utf8')
          .replaceAll(/"(?:at|stamp)":"[^"]*",/g, '')
          .split('\n')
          .toSorted()
  })
  const found = await Promise.all(read)
  return Object.fromEntries(names.map((name, at) => [name, found[at] ?? []]))
}

/** Partial files and their journals. */
async function unfinished(): Promise<string[]> {
  return (await readdir(stick)).filter((name) => /\.(?:partial|journal)$/.test(name))
}

/** That the sandbox sent so far. */
function blobBytes(): number {
  return sandbox.requests.all({ role: 'blobs' }).reduce((sum, { sentBytes }) => sum + sentBytes, 0)
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

test('a speed limit that is lifted lets what runs go on at full speed', async () => {
  const desktop = await planned([image])
  await desktop.handlers['settings.change']({ limitBytesPerSecond: 10_000 })
  await desktop.handlers['transfers.start']({ plan: (await plan(desktop)).id })
  await vi.waitFor(() => expect(view(desktop).rows[0]?.phase).toBe('downloading'))
  await desktop.handlers['settings.change']({ limitBytesPerSecond: null })
  await reaches(desktop, ['done'])
})

test('a paused transfer keeps what was fetched, and goes on to the same bytes when it is resumed', async () => {
  const desktop = await begin([image])
  await reaches(desktop, ['done'])
  const whole = await tarballs()
  home.remove()
  await mkdir(stick, { recursive: true })
  sandbox.settings.bytesPerSecond = 400_000
  const again = await planned([image])
  // With several, what was fetched ahead is let go.
  await again.handlers['settings.change']({ connections: 1 })
  await again.handlers['transfers.start']({ plan: (await plan(again)).id })
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

test('a folder that went away with its drive is told, and not made anew', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await reaches(desktop, ['paused'])
  await rm(stick, { recursive: true })
  await desktop.handlers['transfers.resume']({ ids: 'all' })
  await reaches(desktop, ['failed'])
  const [row] = view(desktop).rows
  expect(row?.failure).toMatchObject({
    message: `${stick} is gone.`,
    ways: ['retry', 'choose-folder'],
  })
  await expect(readdir(stick)).rejects.toThrow('ENOENT')
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

test('a change of the settings in the middle loses no record of what is saved at the same time', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await planned([image, other])
  await desktop.handlers['transfers.start']({ plan: (await plan(desktop)).id })
  await isUnderWay(desktop)
  await desktop.handlers['transfers.pause']({ ids: [view(desktop).rows[1]?.id ?? ''] })
  await desktop.handlers['settings.change']({ connections: 4 })
  await desktop.handlers['transfers.resume']({ ids: 'all' })
  Object.assign(sandbox.settings, defaultSettings)
  await reaches(desktop, ['done', 'done'])
  const sums = await readFile(join(stick, 'SHA256SUMS'), 'utf8')
  for (const name of Object.keys(await tarballs())) expect(sums).toContain(name)
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

test('the desktop and the command line make the same plan, the same bytes and the same records', async () => {
  const desktop = await planned([image, other])
  const output = join(home.path, 'output')
  const site = join(home.path, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const args = ['--site', site, '--output-path', output, '--json']

  const ours = await plan(desktop)
  expect(ours.rows.map(({ state }) => state)).toEqual(['new', 'new'])
  expect(ours.sharedBytes).toBeGreaterThan(0)
  const dry = await runCli([...args, '--dry-run', image, other])
  expect(eventsOf(dry, 'plan')).toEqual(ours.rows.map((row) => ({ event: 'plan', ...row })))

  await desktop.handlers['transfers.start']({ plan: ours.id })
  await reaches(desktop, ['done', 'done'])
  const run = await runCli([...args, image, other])
  expect(run.code).toBe(0)
  expect(eventsOf(run, 'done')).toMatchObject([
    { bytes: ours.fetchBytes, sharedBytes: ours.sharedBytes },
  ])
  // Both save several images at once: which of them is recorded first is left open.
  expect(await contents(output)).toEqual(await contents(stick))

  const again = await runCli([...args, '--dry-run', image, other])
  const after = await plan(desktop)
  expect(after.rows.map(({ state }) => state)).toEqual(['present', 'present'])
  expect(eventsOf(again, 'plan')).toEqual(after.rows.map((row) => ({ event: 'plan', ...row })))
})
