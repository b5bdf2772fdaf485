import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { configuration } from '../../electron-builder.config.ts'
import { executableIn } from '../../scripts/runtime/runtime.ts'

test('a release is not made with an Electron other than the official one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-package-'))
  await writeFile(executableIn(folder, 'linux'), '')
  const env = {
    ...process.env,
    NGC_REPLICATOR_RELEASE: '1',
    ELECTRON_OVERRIDE_DIST_PATH: folder,
  }
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'package.ts')
  const packaging = promisify(execFile)(process.execPath, [script, 'dir'], { env })
  await expect(packaging).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not the official build') as string,
  })
  await rm(folder, { recursive: true })
})

test('what is packaged is the build and nothing of node_modules, hardened on macOS', () => {
  const runtime = { kind: 'official', version: '1.0.0', folder: '/x', executable: '/x/y' } as const
  expect(configuration(runtime)).toMatchObject({
    files: ['out/**', 'package.json'],
    mac: { hardenedRuntime: true },
  })
})
