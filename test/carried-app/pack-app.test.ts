import { execFile } from 'node:child_process'
import { lstat, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buffer } from 'node:stream/consumers'
import { beforeEach, expect, test } from 'vitest'
import { findInstalledApp, type InstalledApp } from '../../main/carried-app/installed-app.ts'
import { packApp } from '../../main/carried-app/pack-app.ts'
import { madeApp } from '../support/made-app.ts'
import { temporaryFolder } from '../support/made-tarball.ts'

const run = promisify(execFile)
let app: InstalledApp
let unpacked: string

beforeEach(async () => {
  app = await madeApp(await temporaryFolder())
  const folder = await temporaryFolder()
  const archive = join(folder, 'app.tar')
  await writeFile(archive, await buffer((await packApp(app)).bytes()))
  await run('tar', ['-xpf', archive, '-C', folder])
  unpacked = join(folder, 'ngc-replicator-1.2.3')
})

test('every tar unpacks it, and the program in it runs', async () => {
  const { stdout } = await run(join(unpacked, 'ngc-replicator'))
  expect(stdout).toBe('1.2.3\n')
  expect(await readFile(join(unpacked, 'current'))).toEqual(Buffer.alloc(3_000_000, 'asar'))
  expect(await readFile(join(unpacked, 'far'), 'utf8')).toBe('deep')
  expect(await readlink(join(unpacked, 'current'))).toBe('resources/app.asar')
})

test('no program comes out with more rights than whoever starts it', async () => {
  const { mode } = await lstat(join(unpacked, 'chrome-sandbox'))
  expect(mode & 0o7777).toBe(0o755)
})

test('its size and sum are known before, and are always the same', async () => {
  const file = await packApp(app)
  const bytes = await buffer(file.bytes())
  expect(file).toMatchObject({
    name: 'ngc-replicator-1.2.3-linux-x64.tar',
    sizeBytes: bytes.length,
  })
  const again = await packApp(await madeApp(await temporaryFolder()))
  expect(await again.sha256()).toBe(await file.sha256())
})

test('what a user put beside the program stays at home', async () => {
  await writeFile(join(app.folder, 'my-key.txt'), 'secret')
  const bytes = await buffer((await packApp(app)).bytes())
  expect(bytes.includes('my-key.txt')).toBe(false)
})

test('a file that changes while it is packed is told, and not cut off', async () => {
  const file = await packApp(app)
  await writeFile(join(app.folder, 'ngc-replicator'), 'shorter')
  await expect(buffer(file.bytes())).rejects.toMatchObject({ code: 'damaged' })
})

test('what runs from its source is no installed application', async () => {
  expect(await findInstalledApp()).toBeUndefined()
})
