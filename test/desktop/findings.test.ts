import { expect, test } from 'vitest'
import { findingsOf, type PlanFacts } from '../../main/desktop/findings.ts'
import { estimateOf, viewOf } from '../../main/desktop/plan-view.ts'
import { makePlan } from '../../main/plan/plan.ts'
import { imageToSave } from '../support/image-to-save.ts'
import { practiceImage } from '../support/made-tarball.ts'

const fine: PlanFacts = {
  name: 'KINGSTON',
  isWritable: true,
  isNetwork: false,
  isRemovable: true,
  freeBytes: 200e9,
  totalBytes: 256e9,
  writeBytes: 20e9,
  missingBytes: 0,
  toSave: 2,
  bringsApp: false,
  present: 0,
  savedElsewhere: 0,
  failed: 0,
}

test('a plan that fits has nothing to say', () => {
  expect(findingsOf(fine)).toEqual([])
})

test.each<[string, Partial<PlanFacts>, string, RegExp]>([
  [
    'that does not fit',
    { freeBytes: 12e9, writeBytes: 18.4e9, missingBytes: 6.4e9 },
    'blocks',
    /KINGSTON has 12\.0 GB free; this plan needs 18\.4 GB, so 6\.40 GB are missing/,
  ],
  ['on a read-only drive', { isWritable: false }, 'blocks', /read-only/],
  ['on a network drive', { isNetwork: true }, 'look', /network drive/],
  ['that nearly fills the drive', { freeBytes: 21e9 }, 'look', /nearly full: 1\.00 GB stay free/],
  [
    'with parts',
    { parts: { because: 'FAT32 holds', largestBytes: 4294967295, images: 2 } },
    'note',
    /2 images will be in parts: FAT32 holds no file over 4\.29 GB/,
  ],
  ['that is there already', { toSave: 0, writeBytes: 0, present: 3 }, 'note', /there already/],
  ['whose tarball was taken away', { savedElsewhere: 1 }, 'look', /1 image was saved before/],
  ['with failures', { failed: 2 }, 'look', /2 images cannot be planned/],
])('a plan %s says so', (_what, facts, severity, message) => {
  const [first, ...others] = findingsOf({ ...fine, ...facts })
  expect(others).toEqual([])
  expect(first).toMatchObject({ severity, message: expect.stringMatching(message) })
})

test('a plan for a drive that does not tell what is free says that, and may start', () => {
  const { freeBytes: _, ...untold } = fine
  expect(findingsOf(untold)).toMatchObject([
    { severity: 'look', message: expect.stringMatching(/KINGSTON does not tell what is free/) },
  ])
})

test('the gravest finding comes first', () => {
  const severities = findingsOf({ ...fine, isNetwork: true, isWritable: false, failed: 1 })
  expect(severities.map(({ severity }) => severity)).toEqual(['blocks', 'look', 'look'])
})

test('the slower of line and drive is the bottleneck, and without both speeds nothing is promised', () => {
  const plan = { writeBytes: 1000, fetchBytes: 500 }
  expect(estimateOf(plan, { lineBytesPerSecond: 50, driveBytesPerSecond: 10 })).toMatchObject({
    seconds: 100,
    bottleneck: 'drive',
  })
  expect(estimateOf(plan, { lineBytesPerSecond: 1, driveBytesPerSecond: 10 })).toMatchObject({
    seconds: 500,
    bottleneck: 'line',
  })
  expect(estimateOf(plan, { driveBytesPerSecond: 10 })).toBeUndefined()
})

test('where the settings allow larger files than the drive, the drive is the reason for parts', () => {
  const drive = { fileSystem: 'vfat', largestFileBytes: 10_000, freeBytes: 1e9 }
  const destination = { folder: '/stick', exists: true, isWritable: true, ...drive }
  const plan = makePlan(destination, [imageToSave(practiceImage())], [], new Set())
  const { findings } = viewOf(plan, { grant: 'g', label: '/stick' }, { maxFileSizeBytes: 20_000 })
  expect(findings.map(({ message }) => message)).toContain(
    '1 image will be in parts: FAT32 holds no file over 10.0 kB.',
  )
})
