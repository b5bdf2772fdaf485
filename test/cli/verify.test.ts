import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { practiceImage, writeImage } from '../support/made-tarball.ts'
import { runCli } from '../support/cli.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder without tarballs is no all-clear', async () => {
  await mkdir(join(folder, 'empty'))
  const run = await runCli(['verify', join(folder, 'empty')])
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(/There is no tarball in/)
})

test('a file that is named is taken for a tarball, whatever its name', async () => {
  await writeFile(join(folder, 'some.txt'), 'hello')
  const run = await runCli(['verify', join(folder, 'some.txt'), '--json'])
  expect(run.code).toBe(1)
  expect(JSON.parse(run.stdout)).toMatchObject({
    files: [{ ok: false, problems: [{ kind: 'foreign' }] }],
  })
})

test('a file that is missing does not keep others from being verified', async () => {
  await writeImage(folder, practiceImage())
  const run = await runCli([
    'verify',
    join(folder, 'practice.tar'),
    join(folder, 'nowhere.tar'),
    '--json',
  ])
  expect(run.code).toBe(1)
  expect(JSON.parse(run.stdout)).toMatchObject({
    files: [{ ok: true }, { ok: false, problems: [{ kind: 'missing-file' }] }],
  })
})

test('it is said whether the medium was read', async () => {
  await writeImage(folder, practiceImage())
  const run = await runCli(['verify', folder])
  expect(run.stdout).toMatch(
    /1 tarball read (?:from the medium|possibly from the cache), all intact\.$/m,
  )
  const { stdout } = await runCli(['verify', folder, '--json'])
  const [file] = (JSON.parse(stdout) as { files: { readFrom: string }[] }).files
  expect(['medium', 'cache']).toContain(file?.readFrom)
})

test('what was never finished, or is not there, is not called damaged', async () => {
  await writeImage(folder, practiceImage())
  await writeFile(join(folder, 'begun.tar.partial'), 'half')
  await writeFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  gone.tar\n`)
  const run = await runCli(['verify', folder])
  expect(run.code).toBe(1)
  expect(run.stdout).toMatch(/^ok +practice\.tar$/m)
  expect(run.stdout).toMatch(/^PARTIAL +begun\.tar\.partial$/m)
  expect(run.stdout).toMatch(/^MISSING +gone\.tar$/m)
  expect(run.stdout).toMatch(/^1 tarball read .*, 1 never finished, 1 missing\.$/m)
})
