import { execFile } from 'node:child_process'
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { runCli } from '../support/cli.ts'

const nobody = 65_534
const { version } = packageJson
const archive = `ngc-replicator-${version}-linux-x64.tar`
let sandbox: Sandbox
let folder: string
let drive: string

const selected = (output: string): string[] => {
  const site = ['--site', join(folder, 'site.json'), '--output-path', output]
  return [...site, '--image', 'pytorch', '--latest', '1', '--with-app']
}

beforeAll(async () => {
  sandbox = await startSandbox()
  folder = await mkdtemp(join(tmpdir(), 'ngc-carried-'))
  await chmod(folder, 0o755)
  drive = join(folder, 'drive')
  await writeFile(join(folder, 'site.json'), JSON.stringify(sandbox.site))
  const run = await runCli(selected(drive))
  expect(run).toMatchObject({ code: 0, stderr: '' })
})
afterAll(async () => {
  await sandbox?.close()
  await rm(folder, { recursive: true, force: true })
})

test('the program puts itself on a drive, with a sum that holds', async () => {
  expect((await readdir(join(drive, 'app'))).toSorted()).toEqual(['README.txt', archive])
  const { stdout } = await promisify(execFile)('sha256sum', ['-c', 'SHA256SUMS'], { cwd: drive })
  expect(stdout).toContain(`app/${archive}: OK`)
})

test('unpacked from there, it works for an ordinary user, and has no more rights', async () => {
  const home = join(folder, 'home')
  await mkdir(home)
  await chown(home, nobody, nobody)
  const asUser = async (program: string, ...args: readonly string[]): Promise<string> => {
    const options = { uid: nobody, gid: nobody, cwd: home, env: { ...process.env, HOME: home } }
    return (await promisify(execFile)(program, args, options)).stdout
  }
  await asUser('tar', '-xf', join(drive, 'app', archive))
  const unpacked = join(home, `ngc-replicator-${version}`)
  expect(await asUser(join(unpacked, 'ngc-replicator'), '--version')).toBe(`${version}\n`)
  expect(await asUser(join(unpacked, 'ngc-replicator'), 'inventory', drive)).toMatch(
    /^complete .*pytorch/,
  )
  expect((await lstat(join(unpacked, 'chrome-sandbox'))).mode & 0o7000).toBe(0)

  // What came from a drive can be put on the next one, and is the same.
  const next = await asUser(join(unpacked, 'ngc-replicator'), ...selected(join(home, 'next')))
  expect(next).toContain(`saved  app/${archive}`)
  await promisify(execFile)('cmp', [
    join(drive, 'app', archive),
    join(home, 'next', 'app', archive),
  ])
})
