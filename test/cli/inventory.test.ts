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
