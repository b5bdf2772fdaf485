import { readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHistory, HISTORY_NAME, type Done } from '../../main/library/history/history.ts'
import { historyOf, lastVerified } from '../../main/library/history/of-image.ts'
import { stampOf } from '../../main/library/history/stamp.ts'
import { temporaryFolder } from '../support/made-tarball.ts'

const done = (more: Partial<Done> = {}): Done => ({
  what: 'verified',
  ok: true,
  file: 'a.tar',
  files: ['a.tar'],
  ...more,
})

async function drive() {
  const [folder, machine] = [await temporaryFolder(), await temporaryFolder()]
  await writeFile(join(folder, 'a.tar'), 'tarball')
  return { folder, machine, history: createHistory(machine), file: join(folder, HISTORY_NAME) }
}

test('what was done travels with the folder', async () => {
  const { folder, history } = await drive()
  await history.record(folder, done({ what: 'saved' }))
  await history.record(folder, done({ what: 'loaded', detail: 'Docker 20.10.24' }))
  const elsewhere = createHistory(await temporaryFolder())
  expect(await elsewhere.read(folder)).toMatchObject([
    { what: 'saved', ok: true, file: 'a.tar', version: expect.stringMatching(/^\d/) },
    { what: 'loaded', detail: 'Docker 20.10.24' },
  ])
})

test('where the folder takes no history the machine keeps it, and both are read as one', async () => {
  const { folder, history } = await drive()
  await history.record(folder, done({ what: 'saved' }))
  const other = await temporaryFolder()
  await writeFile(join(other, HISTORY_NAME), 'my own notes about history')
  await history.record(other, done({ detail: 'kept here' }))
  expect(await readFile(join(other, HISTORY_NAME), 'utf8')).toBe('my own notes about history')
  expect(await history.read(other)).toMatchObject([{ detail: 'kept here' }])
  expect(await history.read(folder)).toHaveLength(1)
})

test('a link that lies there is not followed', async () => {
  const { folder, history, file } = await drive()
  const target = join(await temporaryFolder(), 'precious')
  await writeFile(target, '')
  await symlink(target, file)
  await history.record(folder, done())
  expect(await readFile(target, 'utf8')).toBe('')
  expect(await history.read(folder)).toHaveLength(1)
})

test('lines that are none of ours are passed over, and one torn off takes no other with it', async () => {
  const { folder, history, file } = await drive()
  await history.record(folder, done({ what: 'saved' }))
  await writeFile(file, `nonsense\n{"at":"never"}\n[]\n{"at":"20`, { flag: 'a' })
  await history.record(folder, done())
  expect((await history.read(folder)).map(({ what }) => what)).toEqual(['saved', 'verified'])
})

test('it stays small however much is done', async () => {
  const { folder, history, file } = await drive()
  await history.record(folder, done({ what: 'saved' }))
  const [line = ''] = (await readFile(file, 'utf8')).split('\n')
  await writeFile(file, `${line}\n`.repeat(Math.floor(1_000_000 / (line.length + 1))))
  await history.record(folder, done({ detail: 'the last' }))
  expect((await stat(file)).size).toBeLessThan(600_000)
  expect((await history.read(folder)).at(-1)).toMatchObject({ detail: 'the last' })
})

test('a tarball counts as verified while its files are the same, in every time zone', async () => {
  const { folder, history } = await drive()
  const path = join(folder, 'a.tar')
  const verified = async () =>
    lastVerified(
      historyOf(await history.read(folder), { file: 'a.tar' }),
      await stampOf(folder, ['a.tar']),
    )
  await history.record(folder, done({ what: 'saved' }))
  expect(await verified()).toBeUndefined()
  await history.record(folder, done())
  expect(await verified()).toMatchObject({ ok: true })
  const { mtimeMs } = await stat(path)
  const shifted = (mtimeMs + 5.75 * 3_600_000) / 1000
  await utimes(path, shifted, shifted)
  expect(await verified()).toMatchObject({ ok: true })
  await utimes(path, shifted + 60, shifted + 60)
  expect(await verified()).toBeUndefined()
})

test('what was done with one image of a tarball is not told of the others', () => {
  const base = { at: '2026-01-01T00:00:00Z', ok: true, file: 'a.tar', stamp: '', version: '1' }
  const entries = [
    { ...base, what: 'loaded' },
    { ...base, what: 'pushed', reference: 'nvcr.io/nvidia/cuda:1' },
  ] as const
  const of = (reference: string) => historyOf(entries, { file: 'a.tar', reference })
  expect(of('nvcr.io/nvidia/cuda:1')).toHaveLength(2)
  expect(of('nvcr.io/nvidia/cuda:2')).toHaveLength(1)
})

test('what a drive says of itself does not make it verified here', async () => {
  const { folder, history } = await drive()
  await history.record(folder, done())
  const stamp = await stampOf(folder, ['a.tar'])
  expect(await history.read(folder)).toMatchObject([{ what: 'verified', isOwn: true }])
  expect(lastVerified(await history.read(folder), stamp)).toMatchObject({ ok: true })
  const elsewhere = createHistory(await temporaryFolder())
  expect(await elsewhere.read(folder)).toMatchObject([{ what: 'verified', isOwn: false }])
  expect(lastVerified(await elsewhere.read(folder), stamp)).toBeUndefined()
})
