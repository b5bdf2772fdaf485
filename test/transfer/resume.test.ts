import { open, readFile, readdir, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bindingOf,
  encodeRecord,
  FIRST_CHECK,
  parseJournal,
  readJournal,
  type JournalRecord,
} from '../../main/archive/journal-records.ts'
import { Journal } from '../../main/archive/journal.ts'
import type { WriteProgress } from '../../main/archive/write.ts'
import { openPartial, promisedBytes } from '../../main/archive/partial.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { readLibrary } from '../../main/library/inventory.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { HeldBlobs } from '../../main/transfer/held-blobs.ts'
import { amd64 } from '../support/made-tarball.ts'
import { imageToSave } from '../support/image-to-save.ts'
import { stage, type Stage } from '../support/saving-stage.ts'

const sizes = [1_500_000, 4_000_000, 700_000]
const made = makeImage({
  platform: amd64,
  layers: sizes.map((sizeBytes, at) => makeLayer({ seed: `resume ${at}`, sizeBytes })),
})
const neededBytes = made.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)
const name = imageToSave(made).name
const partial = `${name}.partial`
const journal = `${name}.journal`

/** Fetches that many bytes, then the line drops for good. */
async function interrupted(
  at: Stage,
  bytes: number,
  parts?: Parameters<Stage['save']>[0],
): Promise<void> {
  at.server.dropAfter(bytes)
  await expect(at.save(parts)).rejects.toMatchObject({ code: 'network' })
  at.server.dropAfter()
}

/** Writes other bytes into a file, in its middle. */
async function spoil(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(1000, 'spoilt'), 0, 1000, at)
  await file.close()
}

test('twenty dropped lines cost hardly any byte twice', async () => {
  const at = await stage(made)
  for (let drop = 0; drop < 20; drop += 1) await interrupted(at, neededBytes / 21)
  await at.save()
  await at.isWhole()
  const ratio = at.server.sentBytes() / neededBytes
  console.log(`20 dropped lines: ratio ${ratio.toFixed(4)}`)
  expect(ratio).toBeLessThanOrEqual(1.02)
  expect(at.warnings).toEqual([])
})

test('a finished image leaves its journal to whoever records it, and no more', async () => {
  const at = await stage(made)
  await at.save()
  expect((await readdir(at.folder)).toSorted()).toEqual([name, journal])
})

test('parts are gone on with, the closed ones by the sums that the journal knows', async () => {
  const at = await stage(made)
  const parts = { maxFileSizeBytes: 1_000_000 }
  await interrupted(at, 3_500_000, parts)
  expect(await readdir(at.folder)).toContain(`${name}.003.partial`)
  await at.save(parts)
  await at.isWhole()
  expect(at.server.sentBytes()).toBeLessThan(neededBytes * 1.01)
})

test('an aborted transfer keeps every byte that had come', async () => {
  const at = await stage(made)
  const controller = new AbortController()
  let fetchedBytes = 0
  const onFetched = (bytes: number): void => {
    fetchedBytes += bytes
    if (fetchedBytes > 2_000_000) controller.abort(new Error('enough'))
  }
  await expect(at.save({ onFetched, signal: controller.signal })).rejects.toThrow('enough')
  const { layout } = imageToSave(made)
  const held = await promisedBytes({ folder: at.folder, name, layout })
  expect(held).toBeGreaterThan(fetchedBytes - 300_000)
  await at.save()
  await at.isWhole()
})

test('what a torn end of the file holds is not believed, and what comes before it is', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  const path = join(at.folder, partial)
  const before = (await readJournal(join(at.folder, journal)))?.durableBytes ?? 0
  // As after a lost power supply: longer than what was stored, with a hole.
  await truncate(path, before + 500_000)
  await at.save()
  await at.isWhole()
  expect(at.server.sentBytes()).toBeLessThan(neededBytes * 1.02)
})

test('of what was written after the last mark, that counts which is as its journal says', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  const bytes = await readFile(join(at.folder, partial))
  const mark = bytes.length - 200_000
  const { layout } = imageToSave(made)
  const binding = bindingOf(layout, undefined)
  const begun = await Journal.begin(join(at.folder, journal), {
    binding,
    parts: [],
    durableBytes: mark,
  })
  await begun.wrote(mark, bytes.subarray(mark, mark + 100_000))
  // As where the drive stored the end of a file, and not what is in it.
  await begun.wrote(mark + 100_000, Buffer.alloc(100_000, 'never stored'))
  await begun.close()
  expect(await openPartial({ folder: at.folder, name, layout })).toMatchObject({
    kind: 'usable',
    partial: { sizeBytes: mark + 100_000 },
  })
  await at.save()
  await at.isWhole()
})

test('a journal that is torn anywhere is believed up to there', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  const path = join(at.folder, journal)
  const text = await readFile(path, 'utf8')
  await truncate(path, text.length - 20)
  await at.save()
  await at.isWhole()
  expect(at.warnings).toEqual([])
})

test.each([
  {
    what: 'without a journal',
    harm: (at: Stage) => rename(join(at.folder, journal), join(at.folder, 'lost')),
    why: /has no journal/,
  },
  {
    what: 'shorter than its journal says',
    harm: (at: Stage) => truncate(join(at.folder, partial), 5_000),
    why: /does not fit its journal/,
  },
  {
    what: 'with a journal that is none',
    harm: (at: Stage) => writeFile(join(at.folder, journal), 'garbage\n'.repeat(1000)),
    why: /has no journal that can be read/,
  },
])('a partial tarball $what is begun afresh, with a word', async ({ harm, why }) => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  await harm(at)
  await at.save()
  await at.isWhole()
  expect(at.warnings).toEqual([expect.stringMatching(why)])
})

test('an image that changed at the registry is begun afresh, with a word and the layers that are there', async () => {
  const at = await stage(made)
  await interrupted(at, 5_800_000)
  const before = at.server.sentBytes()
  const [first, second, last] = made.layers
  const changed = makeImage({ platform: amd64, layers: [first!, last!, second!] })
  // Also when that is interrupted in turn: what was set aside counts for the next run.
  await interrupted(at, 300_000, { toSave: imageToSave(changed) })
  const { places } = await readLibrary(at.folder)
  await at.save({ toSave: imageToSave(changed), held: new HeldBlobs(at.folder, places) })
  await at.isWhole()
  expect(await readdir(at.folder)).toHaveLength(2)
  expect(at.warnings).toEqual([expect.stringMatching(/is of another image: it is begun afresh/)])
  expect(at.server.sentBytes() - before).toBeLessThan(last!.descriptor.size + 100_000)
})

test('another largest file is another tarball, of the same layers', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000, { maxFileSizeBytes: 1_000_000 })
  await at.save({ maxFileSizeBytes: 2_000_000 })
  await at.isWhole()
  expect(at.warnings).toEqual([expect.stringMatching(/laid out in another way/)])
  const [first] = made.layers
  expect(at.server.sentBytes()).toBeLessThan(
    3_000_000 + neededBytes - first!.descriptor.size + 100_000,
  )
})

test('a layer whose first bytes were spoilt on the drive is fetched once more, and the others are not', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  await spoil(join(at.folder, partial), 2_500_000)
  await at.save()
  await at.isWhole()
  const [, second] = made.layers
  const rest = neededBytes - 3_000_000
  expect(at.warnings).toEqual([expect.stringMatching(/fetched once more/)])
  expect(at.server.sentBytes()).toBeLessThan(
    3_000_000 + rest + (second?.descriptor.size ?? 0) + 100_000,
  )
})

test('what is there is told while it is read again: a layer that was begun, or all of it', async () => {
  const at = await stage(made)
  const told: WriteProgress[] = []
  const onProgress = (progress: WriteProgress): void => void told.push(progress)
  await interrupted(at, 3_000_000)
  await interrupted(at, 500_000, { onProgress })
  const begun = told.filter(({ phase }) => phase === 'checking')
  const [first, second] = made.layers
  const { doneBytes, totalBytes } = begun.at(-1)?.checked ?? {}
  expect(doneBytes).toBe(totalBytes)
  expect(Math.abs(Number(totalBytes) - (3_000_000 - first!.descriptor.size))).toBeLessThan(300_000)
  expect(totalBytes).toBeLessThan(second!.descriptor.size)
  told.splice(0)
  await at.save({ check: true, onProgress })
  const { checked, writtenBytes } = told.find(({ phase }) => phase === 'checking')!
  expect(checked?.totalBytes).toBe(writtenBytes)
  expect(told.at(-1)).not.toHaveProperty('checked')
})

test('a finished layer that was spoilt is found by a check, and otherwise trusted', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  await spoil(join(at.folder, partial), 800_000)
  await at.save({ check: true })
  await at.isWhole()
  expect(at.warnings).toEqual([expect.stringMatching(/It is fetched again from there/)])
})

test('a program that ended while the files got their names gives them their names again', async () => {
  const at = await stage(made)
  const parts = { maxFileSizeBytes: 3_000_000 }
  await at.save(parts)
  await rename(join(at.folder, `${name}.000`), join(at.folder, `${name}.000.partial`))
  const before = at.server.sentBytes()
  await at.save(parts)
  await at.isWhole()
  expect(at.server.sentBytes()).toBe(before)
})

test('whole files with a journal are not fetched again', async () => {
  const at = await stage(made)
  await at.save()
  const { mtimeMs } = await stat(join(at.folder, name))
  const before = at.server.sentBytes()
  await at.save()
  expect(at.server.sentBytes()).toBe(before)
  expect((await stat(join(at.folder, name))).mtimeMs).toBe(mtimeMs)
})

test('what another image was left with is not fetched for this one', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  const before = at.server.sentBytes()
  const { places } = await readLibrary(at.folder)
  const other = imageToSave(made, '2')
  await at.save({ toSave: other, held: new HeldBlobs(at.folder, places) })
  const [first] = made.layers
  expect(at.server.sentBytes() - before).toBe(neededBytes - (first?.descriptor.size ?? 0))
})

test('whatever a journal holds, reading it throws nothing', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.nat(400), (junk, at) => {
      const whole = journalText()
      parseJournal(junk)
      const torn = parseJournal(whole.slice(0, at) + junk)
      expect([undefined, 0, 4096]).toContain(torn?.durableBytes)
    }),
  )
})

function journalText(): string {
  let check = FIRST_CHECK
  const { layout } = imageToSave(made)
  const records: JournalRecord[] = [
    { journal: 1, ...bindingOf(layout, undefined) },
    { durable: 4096 },
    { wrote: [4096, 10, 1] },
  ]
  const lines = records.map((record) => {
    const encoded = encodeRecord(record, check)
    check = encoded.check
    return Buffer.from(encoded.line).toString()
  })
  return lines.join('')
}

test('a layer that was begun for one image is fetched for all by that image', async () => {
  const at = await stage(made)
  await interrupted(at, 3_000_000)
  const { places } = await readLibrary(at.folder)
  const held = new HeldBlobs(at.folder, places)
  const all = ['1', '2', '3'].map((tag) => at.save({ toSave: imageToSave(made, tag), held }))
  await Promise.all(all)
  expect(at.server.sentBytes()).toBeLessThan(neededBytes * 1.02)
  const { files } = await verifyFiles({ folder: at.folder })
  expect(files.map(({ ok }) => ok)).toEqual([true, true, true])
})
