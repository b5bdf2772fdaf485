import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
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

const { sandbox, stick, start, planned, begin, tarballs } = await startTransferring()

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
