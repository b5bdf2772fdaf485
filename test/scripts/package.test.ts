import { execFile } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { DebugLogger } from 'builder-util'
import { expect, test, vi } from 'vitest'
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

const runtime = { kind: 'official', version: '1.0.0', folder: '/x', executable: '/x/y' } as const

test('what is packaged is the build and nothing of node_modules, hardened on macOS', () => {
  expect(configuration(runtime)).toMatchObject({
    files: ['out/**', 'package.json'],
    mac: { hardenedRuntime: true },
  })
})

test.each([undefined, 'TEAM'])(
  'its own schema takes the configuration of every system',
  async (team) => {
    vi.stubEnv('APPLE_TEAM_ID', team)
    const debug = new DebugLogger(false)
    const config = configuration(runtime)
    expect(config).toMatchObject({
      win: {},
      nsis: {},
      mac: { notarize: team !== undefined },
      linux: {},
    })
    await validateConfiguration(config, debug)
    const wrong = { ...config, mac: { ...config.mac, hardenedRuntim: true } }
    await expect(validateConfiguration(wrong, debug)).rejects.toThrow('configuration.mac')
    vi.unstubAllEnvs()
  },
)

test('the files that the configuration names are there', async () => {
  const text = JSON.stringify(configuration(runtime))
  const named = [...text.matchAll(/"(build\/[^"]+|LICENSE)"/g)].map(([, path = '']) => path)
  expect(named).toContain('build/macos/entitlements.plist')
  for (const path of named) await access(join(import.meta.dirname, '..', '..', path))
})
