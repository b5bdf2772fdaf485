import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TransfersView } from '../../main/api/shapes.ts'
import { lockFolder } from '../../main/disk/lock.ts'
import { startDesktop, temporaryFolder, type TestDesktop } from '../support/desktop.ts'
import { sandboxForTests } from '../support/sandbox.ts'

const image = 'nvcr.io/nvidia/pytorch:24.05-py3'
const other = 'nvcr.io/nvidia/pytorch:24.04-py3'
const lock = '.ngc-replicator.lock'
const sandbox = await sandboxForTests()
let home: { path: string; remove: () => void }
let stick: string
let desktop: TestDesktop
let holder: ChildProcess | undefined

beforeEach(async () => {
  home = temporaryFolder()
  stick = join(home.path, 'stick')
  await mkdir(stick)
  desktop = await startDesktop({ sandbox, folder: home.path })
  await desktop.handlers['session.begin']({ as: 'sandbox' })
})
afterEach(async () => {
  holder?.kill('SIGKILL')
  await desktop.close()
  home.remove()
})

/** Another process that has the folder's lock, as the command line would. */
async function occupy(): Promise<void> {
  const code = `
    import { lockFolder } from ${JSON.stringify(new URL('../../main/disk/lock.ts', import.meta.url).href)}
    const leave = await lockFolder(process.argv[2])
    process.on('message', () => void leave().then(() => process.exit()))
    process.send('locked')`
  const script = join(home.path, 'holder.mjs')
  await writeFile(script, code)
  holder = fork(script, [stick])
  await once(holder, 'message')
}

async function begin(references: string[]): Promise<void> {
  const { handlers } = desktop
  await handlers['selection.add']({ references })
  desktop.chosen.folder = stick
  const place = await handlers['places.choose']({})
  const plan = await handlers['plan.make']({ grant: place?.grant ?? '' })
  await handlers['transfers.start']({ plan: plan.id })
}

const view = (): TransfersView => desktop.handlers['transfers.get']({}) as TransfersView
const reaches = (wanted: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(view().rows.map(({ phase }) => phase)).toEqual(wanted), {
    timeout: 20_000,
    interval: 20,
  })
const isLocked = (): Promise<boolean> =>
  access(join(stick, lock)).then(
    () => true,
    () => false,
  )

test('transfers wait in words while another process writes into their folder, and then go on', async () => {
  await occupy()
  await begin([image, other])
  const waits = expect.stringContaining(`process ${holder?.pid}`) as unknown
  await vi.waitFor(() =>
    expect(view().rows).toMatchObject([
      { phase: 'waiting', waitsFor: waits },
      { phase: 'waiting', waitsFor: waits },
    ]),
  )
  holder?.send('leave')
  await reaches(['done', 'done'])
  expect(await isLocked()).toBe(false)
})

test('the first transfer of a folder locks it, and the last one gives it back', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  await begin([image, other])
  await vi.waitFor(async () => expect(await isLocked()).toBe(true))
  await expect(occupied()).resolves.toContain(`process ${process.pid}`)
  await desktop.handlers['transfers.pause']({ ids: [view().rows[0]?.id ?? ''] })
  expect(await isLocked()).toBe(true)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await vi.waitFor(async () => expect(await isLocked()).toBe(false))
})

test('what another process has half written stays when a transfer that waits for it is cancelled', async () => {
  await occupy()
  const partial = 'nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar.partial'
  await begin([image])
  await vi.waitFor(() => expect(view().rows[0]?.waitsFor).toBeDefined())
  await writeFile(join(stick, partial), 'half')
  await desktop.handlers['transfers.cancel']({ ids: 'all', remove: true })
  await reaches(['cancelled'])
  expect(await readdir(stick)).toContain(partial)
})

test('a folder that is gone fails its transfer, and is not made anew', async () => {
  await occupy()
  await begin([image])
  await vi.waitFor(() => expect(view().rows[0]?.waitsFor).toBeDefined())
  await rm(stick, { recursive: true })
  await reaches(['failed'])
  expect(view().rows[0]?.failure).toMatchObject({
    code: 'destination',
    message: `${stick} is gone.`,
    ways: ['retry', 'choose-folder'],
  })
  expect(await readdir(home.path)).not.toContain('stick')
})

test('what we left locked on a drive that was pulled out is ours again when it is back', async () => {
  const leave = await lockFolder(stick)
  const left = await readFile(join(stick, lock), 'utf8')
  await expect(occupied()).resolves.toContain(`process ${process.pid}`)
  await leave()
  await writeFile(join(stick, lock), left)
  await expect(occupied()).resolves.toBe('free')
})

async function occupied(): Promise<string> {
  return await lockFolder(stick).then(
    () => 'free',
    (error: unknown) => String(error),
  )
}
