import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { eventsOf, runCli, type Finished } from '../support/cli.ts'
import { temporaryFolder } from '../support/made-tarball.ts'

let sandbox: Sandbox
let folder: string
let drive: string
let release: string

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  folder = await temporaryFolder()
  drive = join(folder, 'drive')
  release = join(folder, 'release')
  await writeFile(join(folder, 'site.json'), JSON.stringify(sandbox.site))
  await mkdir(release)
  await writeFile(join(release, deb), 'an installer')
  const sum = createHash('sha256').update('an installer').digest('hex')
  await writeFile(join(release, 'SHA256SUMS'), `${sum}  ${deb}\n`)
})

const deb = 'ngc-replicator-9.9.9-linux-amd64.deb'
const replicate = (...args: readonly string[]): Promise<Finished> => {
  const site = ['--site', join(folder, 'site.json'), '--output-path', drive]
  return runCli([...site, '--image', 'pytorch', '--latest', '1', ...args])
}

test('the installers of a release come onto the drive with the images', async () => {
  const planned = await replicate('--with-installers', release, '--dry-run')
  expect(planned.stdout).toMatch(new RegExp(String.raw`^new +12 B  app/${deb}$`, 'm'))
  const run = await replicate('--with-installers', release)
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(run.stdout).toContain(`saved  app/${deb}, 12 B`)
  expect(await readFile(join(drive, 'app', deb), 'utf8')).toBe('an installer')
  for (const name of ['README.txt', 'inventory.html']) {
    expect(await readFile(join(drive, name), 'utf8')).toContain('in the folder app')
  }

  const verified = await runCli(['verify', drive])
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  expect(verified.stdout).toContain(`app/${deb}`)
  expect(verified.stdout).toMatch(/\d files read/)
  const listed = await runCli(['inventory', drive])
  expect(listed.stdout).not.toContain('.deb')
})

test('they come alone where all images are there, and once', async () => {
  await replicate()
  const run = await replicate('--with-installers', release, '--json')
  expect(eventsOf(run, 'app')).toMatchObject([
    { state: 'planned' },
    { state: 'saved', file: `app/${deb}` },
  ])
  const again = await replicate('--with-installers', release, '--json')
  expect(eventsOf(again, 'app')).toEqual([])
})

test('one that is damaged fails, and the images are saved all the same', async () => {
  await writeFile(join(release, deb), 'an instiller')
  const run = await replicate('--with-installers', release)
  expect(run.code).toBe(1)
  expect(run.stderr).toContain(`failed: app/${deb}: ${deb} is not the file`)
  expect((await readdir(drive)).filter((name) => name.endsWith('.tar'))).toHaveLength(1)
})

test('a folder that is no release stops the run before anything is asked or written', async () => {
  const run = await replicate('--with-installers', folder)
  expect(run).toMatchObject({ code: 2, stdout: '' })
  await expect(stat(drive)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('nothing is put on a drive that is not written to', async () => {
  const to = ['--registry-url', 'http://127.0.0.1:1', '--no-exporter']
  const run = await replicate('--with-installers', release, ...to)
  expect(run).toMatchObject({ code: 2, stdout: '' })
})
