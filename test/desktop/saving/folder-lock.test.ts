import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { lockFolder } from '../../../main/disk/lock.ts'
import { image, other, reaches, startTransferring, view } from '../transferring.ts'

const lock = '.ngc-replicator.lock'
const { sandbox, home, stick, begin } = await startTransferring()
let holder: ChildProcess | undefined

afterEach(() => holder?.kill('SIGKILL'))

/** Another process that has the folder's lock, as the command line would. */
async function occupy(): Promise<void> {
  const code = `
    import { lockFolder } from ${JSON.stringify(new URL('../../../main/disk/lock.ts', import.meta.url).href)}
    const leave = await lockFolder(process.argv[2])
    process.on('message', () => void leave().then(() => process.exit()))
    process.send('locked')`
  const script = join(home, 'holder.mjs')
  await writeFile(script, code)
  holder = fork(script, [stick])
  await once(holder, 'message')
}

const isLocked = (): Promise<boolean> =>
  access(join(stick, lock)).then(
    () => true,
    () => false,
  )

test('transfers wait in words while another process writes into their folder, and then go on', async () => {
  await occupy()
  const desktop = await begin([image, other])
  const waits = expect.stringContaining(`process ${holder?.pid}`) as unknown
  await vi.waitFor(() =>
    expect(view(desktop).rows).toMatchObject([
      { phase: 'waiting', waitsFor: waits },
      { phase: 'waiting', waitsFor: waits },
    ]),
  )
  holder?.send('leave')
  await reaches(desktop, ['done', 'done'])
  expect(await isLocked()).toBe(false)
})

test('the first transfer of a folder locks it, and the last one gives it back', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image, other])
  await vi.waitFor(async () => expect(await isLocked()).toBe(true))
  await expect(occupied()).resolves.toContain(`process ${process.pid}`)
  await desktop.handlers['transfers.pause']({ ids: [view(desktop).rows[0]?.id ?? ''] })
  expect(await isLocked()).toBe(true)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await vi.waitFor(async () => expect(await isLocked()).toBe(false))
})

test('what another process has half written stays when a transfer that waits for it is cancelled', async () => {
  await occupy()
  const partial = 'nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar.partial'
  const desktop = await begin([image])
  await vi.waitFor(() => expect(view(desktop).rows[0]?.waitsFor).toBeDefined())
  await writeFile(join(stick, partial), 'half')
  await desktop.handlers['transfers.cancel']({ ids: 'all', remove: true })
  await reaches(desktop, ['cancelled'])
  expect(await readdir(stick)).toContain(partial)
})

test('a folder that is gone fails its transfer, and is not made anew', async () => {
  await occupy()
  const desktop = await begin([image])
  await vi.waitFor(() => expect(view(desktop).rows[0]?.waitsFor).toBeDefined())
  await rm(stick, { recursive: true })
  await reaches(desktop, ['failed'])
  expect(view(desktop).rows[0]?.failure).toMatchObject({
    code: 'destination',
    message: `${stick} is gone.`,
    ways: ['retry', 'choose-folder'],
  })
  expect(await readdir(home)).not.toContain('stick')
})

test('what we left locked on a drive that was pulled out is ours again when it is back', async () => {
  const leave = await lockFolder(stick)
  const left = await readFile(join(stick, lock), 'utf8')
  await expect(occupied()).resolves.toContain(`process ${process.pid}`)
  await leave()
  await writeFile(join(stick, lock), left)
  await expect(occupied()).resolves.toBe('free')
})

test('a lock that another computer took while this one slept is not given back by us', async () => {
  const leave = await lockFolder(stick)
  const theirs = JSON.stringify({ host: 'elsewhere', pid: 1, started: '', id: 'theirs' })
  await writeFile(join(stick, lock), theirs)
  await leave()
  expect(await readFile(join(stick, lock), 'utf8')).toBe(theirs)
})

test('of several that find the same dead lock at once one has the folder', async () => {
  const dead = JSON.stringify({ host: hostname(), pid: 2 ** 22 - 1, started: '1', id: 'gone' })
  for (let round = 0; round < 50; round += 1) {
    await writeFile(join(stick, lock), dead)
    const tries = await Promise.allSettled(Array.from({ length: 4 }, () => lockFolder(stick)))
    const held = tries.filter((one) => one.status === 'fulfilled')
    expect(held.length).toBe(1)
    await held[0]?.value()
  }
  expect((await readdir(stick)).filter((name) => name.startsWith(lock))).toEqual([])
})

async function occupied(): Promise<string> {
  return await lockFolder(stick).then(
    () => 'free',
    (error: unknown) => String(error),
  )
}
