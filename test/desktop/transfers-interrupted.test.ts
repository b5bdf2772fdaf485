import { mkdir, rm } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import {
  image,
  isUnderWay,
  other,
  phases,
  plan,
  reaches,
  startTransferring,
  view,
} from './transferring.ts'

const { sandbox, home, stick, start, planned, begin, unfinished, tarballs } =
  await startTransferring()

test('a paused transfer keeps what was fetched, and goes on to the same bytes when it is resumed', async () => {
  const desktop = await begin([image])
  await reaches(desktop, ['done'])
  const whole = await tarballs()
  await rm(home, { recursive: true })
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

test('a plan in parts, as the settings want them, counts what a paused transfer has written', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await planned([image])
  await desktop.handlers['settings.change']({ maxFileSizeBytes: 1_000_000 })
  const before = await plan(desktop)
  expect(before.findings.map(({ message }) => message)).toContain(
    '1 image will be in parts: the settings allow no file over 1.00 MB.',
  )
  await desktop.handlers['transfers.start']({ plan: before.id })
  await isUnderWay(desktop)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await reaches(desktop, ['paused'])
  await vi.waitFor(async () => expect(await unfinished()).not.toEqual([]))
  await vi.waitFor(async () =>
    expect((await plan(desktop)).fetchBytes).toBeLessThan(before.fetchBytes),
  )
})

/** That the sandbox sent so far. */
function blobBytes(): number {
  return sandbox.requests.all({ role: 'blobs' }).reduce((sum, { sentBytes }) => sum + sentBytes, 0)
}
