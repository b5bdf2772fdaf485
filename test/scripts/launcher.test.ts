import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../support/parts.ts'

const source = join(import.meta.dirname, '..', '..', 'build')

describe.skipIf(process.platform === 'win32')('the launcher', () => {
  let folder = ''
  let command = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ngc-launcher-'))
    command = join(folder, 'bin', 'ngc-replicator')
    await mkdir(join(folder, 'app'))
    await mkdir(join(folder, 'bin'))
    await mkdir(join(folder, 'verify'))
    await copyFile(join(source, 'start', 'ngc-replicator'), join(folder, 'app', 'ngc-replicator'))
    // In the place of Electron, a program that says what it is given.
    const program = `#!/bin/sh\nprintf '%s\\n' "$@"\n`
    await writeFile(join(folder, 'app', 'ngc-replicator-bin'), program, { mode: 0o755 })
    await symlink('../app/ngc-replicator', command)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const given = async (args: string[], environment: NodeJS.ProcessEnv): Promise<string[]> => {
    const env = { PATH: process.env['PATH'], ...environment }
    const { stdout } = await promisify(execFile)(command, args, { env, cwd: folder })
    return stdout.split('\n').filter(Boolean)
  }
  const display = { DISPLAY: ':1' }
  const wayland = { WAYLAND_DISPLAY: 'wayland-0' }

  test.each([
    [[], display],
    [[], wayland],
    [['./verify'], display],
    [['.'], display],
  ])('opens the window for %j on %j', async (args, environment) => {
    expect(await given(args, environment)).toEqual(args)
  })

  test('needs nothing of PATH', async () => {
    expect(await given(['verify', '.'], { PATH: '/nowhere' })).toContain('verify')
  })

  test.each([
    [[], {}],
    [['./verify'], {}],
    [['verify'], display],
    [['verify', '.'], display],
    [['nvidia/pytorch:24.01-py3'], display],
    [['--api-key', 'with a space', '*'], display],
  ])('is the command line for %j on %j, and passes it on unchanged', async (args, environment) => {
    const words = await given(args, environment)
    expect(words).toContain('--cli')
    expect(words.slice(words.indexOf('--') + 1)).toEqual(args)
  })
})

describeWith(['shellcheck'], 'the launcher as a script', () => {
  test('has nothing in it that shells read differently', async () => {
    await promisify(execFile)('shellcheck', [join(source, 'start', 'ngc-replicator')])
  })
})

describeWith(['desktop-file-validate'], 'the desktop entry', () => {
  test('is one by the rules of freedesktop.org', async () => {
    const entry = join(source, 'linux', 'ngc-replicator.desktop')
    const { stdout } = await promisify(execFile)('desktop-file-validate', [entry])
    expect(stdout).not.toContain('error')
  })
})
