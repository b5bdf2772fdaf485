import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'
import { explainedDrive } from '../support/explained-drive.ts'
import { runCli } from '../support/cli.ts'

test('a folder prints as lines, as JSON and as a page, and knows what is its own', async () => {
  const folder = await explainedDrive([{ reference: practiceReference }])
  const lines = await runCli(['inventory', folder])
  expect(lines.stdout).toContain(practiceReference)
  expect(lines.stdout).toMatch(/: 1 image, \d/)
  const json = await runCli(['inventory', folder, '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({ images: [{ status: 'complete' }], problems: [] })
  const page = await runCli(['inventory', folder, '--html'])
  expect(page.stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/)
  expect(page.stdout).toContain(practiceReference)
  expect(page.stdout).not.toMatch(/<script|https?:/)
})

test('what was moved by hand is told again on the drive', async () => {
  const folder = await explainedDrive([{ reference: practiceReference }])
  const table = join(folder, 'inventory.tsv')
  expect(await readFile(table, 'utf8')).toContain(practiceReference)
  await rm(join(folder, 'nvcr.io_nvidia_practice_24.05-py3_linux-amd64.tar'))
  await writeFile(join(folder, 'README.txt'), 'My own words.')
  const run = await runCli(['inventory', folder, '--update'])
  expect(run).toMatchObject({ code: 0, stderr: 'README.txt is not ours, and was left as it is.\n' })
  expect(await readFile(table, 'utf8')).not.toContain(practiceReference)
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
})

test('what was done with an image is told with it, and whether a driver is enough for it', async () => {
  const folder = await temporaryFolder()
  await writeImage(folder, practiceImage())
  const verified = await runCli(['verify', folder])
  expect(verified.code).toBe(0)
  const told = await runCli(['inventory', folder, '--json', '--driver', '470.42.01'])
  expect(JSON.parse(told.stdout)).toMatchObject({
    images: [
      {
        history: [{ what: 'verified', ok: true, version: expect.any(String) }],
        fitness: { verdict: 'fails', why: expect.stringContaining('550.54.14 or later') },
      },
    ],
  })
  const newer = await runCli(['inventory', folder, '--driver', '550.54.15'])
  expect(newer.stdout).toContain('  runs: Driver 550.54.15')
  const wrong = await runCli(['inventory', folder, '--driver', 'new'])
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toContain('“new” is not the version of a driver.')
})

test('a tarball by itself is listed as well, and what is none is no image', async () => {
  const folder = await temporaryFolder()
  await writeImage(folder, practiceImage(), { maxFileSizeBytes: 8000 })
  await writeFile(join(folder, 'holiday.jpg'), 'a picture')
  const whole = await runCli(['inventory', folder])
  expect(whole.stdout).toMatch(/: 1 image, [\d.]+ kB; 1 other file\.\n$/)
  for (const name of ['practice.tar', 'practice.tar.001']) {
    const one = await runCli(['inventory', join(folder, name)])
    expect(one).toMatchObject({ code: 0, stderr: '' })
    expect(one.stdout).toMatch(
      /^complete .* practice\.tar \(\d+ parts\)\n.*: 1 image, [\d.]+ kB\.\n$/,
    )
  }
  const update = await runCli(['inventory', join(folder, 'practice.tar.000'), '--update'])
  expect(update).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a folder') })
  const nothing = await runCli(['inventory', join(folder, 'gone')])
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringMatching(/gone does not exist/) })
})

test('a journal without its tarball is a leftover, which clean removes', async () => {
  const folder = await temporaryFolder()
  await writeImage(folder, practiceImage())
  // A tarball that is being finished has its journal for a while.
  await writeFile(join(folder, 'practice.tar.journal'), 'whatever')
  await writeFile(join(folder, 'gone.tar.journal'), 'whatever')
  const listed = await runCli(['inventory', folder, '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject({
    images: [{ status: 'complete' }],
    problems: [{ file: 'gone.tar.journal', kind: 'partial' }],
  })
  const clean = await runCli(['clean', folder])
  expect(clean.stdout).toMatch(/gone\.tar \(1 file\)/)
  expect(await readdir(folder)).toEqual(['practice.tar'])
})
