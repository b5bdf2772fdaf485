import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, onTestFinished, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { parsePlatform } from '../../main/registry/platform.ts'
import { makeCertificates } from '../support/certificates.ts'
import { runCli } from '../support/cli.ts'
import { describeWith } from '../support/parts.ts'
import { startRegistry } from '../support/registry.ts'
import { sandboxForTests } from '../support/sandbox.ts'
import { unpacked } from './packages.ts'

const binary = join(unpacked, 'ngc-replicator-bin')
const launcher = join(unpacked, 'ngc-replicator')
const noDisplay = { PATH: process.env['PATH'] }
const sandbox = await sandboxForTests()

test('the fuses are set as the configuration says', async () => {
  const wire = await getCurrentFuseWire(binary)
  const stateOf = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE
  expect({
    runAsNode: stateOf(FuseV1Options.RunAsNode),
    nodeOptions: stateOf(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: stateOf(FuseV1Options.EnableNodeCliInspectArguments),
    cookieEncryption: stateOf(FuseV1Options.EnableCookieEncryption),
    asarIntegrity: stateOf(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: stateOf(FuseV1Options.OnlyLoadAppFromAsar),
    fileProtocol: stateOf(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: false,
    nodeOptions: false,
    inspect: false,
    cookieEncryption: true,
    asarIntegrity: true,
    onlyAsar: true,
    fileProtocol: false,
  })
})

test('the program runs nothing but itself', async () => {
  const env = { ...noDisplay, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--title=other' }
  const { stdout } = await promisify(execFile)(launcher, ['--version'], { env })
  expect(stdout).toBe(`${packageJson.version}\n`)
})

test('a key among the arguments does not stand in the list of processes', async () => {
  const args = ['--api-key', 'nvapi-secret', 'sandbox']
  const child = spawn(launcher, args, { env: noDisplay })
  // Its first line says that it is at work; what it says of the option does not matter here.
  await once(child.stdout, 'data')
  const listed = await readFile(`/proc/${child.pid}/cmdline`, 'utf8')
  child.kill('SIGINT')
  await once(child, 'exit')
  expect(listed).toContain('ngc-replicator')
  expect(listed).not.toContain('nvapi-secret')
})

test('it ends by Ctrl+C in its own order, and says so', async () => {
  const child = spawn(launcher, ['sandbox'], { env: noDisplay })
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(0)
})

test('it does so too while a save starts its threads', { repeats: 9 }, async () => {
  sandbox.settings.bytesPerSecond = 500_000
  const folder = await mkdtemp(join(tmpdir(), 'program-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'site.json'), JSON.stringify(sandbox.site))
  const args = ['--site', 'site.json', '--connections', '1', 'nvidia/pytorch:24.05-py3']
  const child = spawn(launcher, args, { env: noDisplay, cwd: folder })
  const exited = once(child, 'exit')
  const begun = expect.stringContaining('.partial')
  await expect
    .poll(() => readdir(join(folder, 'output')).catch(() => []), { timeout: 20_000, interval: 10 })
    .toContainEqual(begun)
  child.kill('SIGINT')
  expect(await exited).toEqual([130, null])
})

test('a reader that goes away does not hurt it', async () => {
  const child = spawn('sh', ['-c', `"$0" --help | head -1`, launcher], { env: noDisplay })
  expect(await text(child.stdout)).toMatch(/^Usage: ngc-replicator/)
  expect(await text(child.stderr)).toBe('')
})

describeWith(['docker-registry', 'openssl'], 'a real registry with TLS', () => {
  test('is read from where the authority of its certificate is known, and refused where it is not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ngc-tls-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const { authority, server } = await makeCertificates()
    const registry = await startRegistry({ certificate: server, authority })
    onTestFinished(() => registry.stop())
    const layers = [makeLayer({ seed: 'over TLS', sizeBytes: 2_000_000 })]
    const image = makeImage({ platform: parsePlatform('linux/amd64'), layers })
    await registry.push('team/base', image, '1.0')
    const save = [`${registry.host}/team/base:1.0`, '--output-path', join(folder, 'drive')]

    const refused = await runCli(save)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/certificate/) })
    const path = join(folder, 'authority.pem')
    await writeFile(path, authority)
    const saved = await runCli(save, { env: { NODE_EXTRA_CA_CERTS: path } })
    expect(saved).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await promisify(execFile)('sha256sum', ['-c', 'SHA256SUMS'], {
      cwd: join(folder, 'drive'),
    })
    expect(stdout).toMatch(/base.*: OK/)
  })
})
