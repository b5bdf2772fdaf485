import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { eventsOf, jsonLines, runCli, type Finished, type RunOptions } from '../support/cli.ts'
import { output } from '../support/engines.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { inspect, practice } from '../support/push-stage.ts'
import { startRegistry, type RealRegistry } from '../support/registry.ts'
import { startRegistryProxy, type RegistryProxy } from '../support/registry-proxy.ts'
import { tarOf } from '../support/source.ts'

/** What the sandbox's images became on a drive. */
let drive: string
let sandbox: Sandbox
let real: RealRegistry
let proxy: RegistryProxy
let place: string
let places = 0

const push = (
  paths: string | readonly string[],
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Finished> =>
  runCli(['push', ...[paths].flat(), '--to', `${proxy.host}/${place}`, '--json', ...args], {
    ...options,
    env: { DOCKER_CONFIG: drive, ...options.env },
  })
const blobBytes = (): number =>
  proxy.requests
    .filter(({ url }) => url.includes('/blobs/'))
    .reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)

describeWith(['docker-registry', 'skopeo'], 'pushing to a real registry', () => {
  beforeAll(async () => {
    drive = await mkdtemp(join(tmpdir(), 'push-'))
    sandbox = await startSandbox()
    real = await startRegistry()
    proxy = await startRegistryProxy(real.address)
    const site = join(drive, 'site.json')
    await writeFile(site, JSON.stringify(sandbox.site))
    const args = ['--site', site, '--image', 'pytorch', '--latest', '2', '--platform', 'all']
    const saved = await runCli([...args, '--output-path', drive, '--quiet'])
    if (saved.code !== 0) throw new Error(saved.stderr)
  })
  afterAll(async () => {
    await proxy?.close()
    await real?.stop()
    await sandbox?.close()
    await rm(drive, { recursive: true, force: true })
  })
  beforeEach(() => {
    places += 1
    place = `place-${places}`
    proxy.requests.length = 0
    proxy.cuts.length = 0
    delete proxy.onBytes
  })

  test('the index, each platform and the signature arrive with the digests that were published', async () => {
    const run = await push(drive)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(eventsOf(run, 'push').map(({ state }) => state)).toEqual(Array(4).fill('pushed'))
    const [planned] = eventsOf(run, 'plan')
    expect(planned).toMatchObject({
      reference: 'nvcr.io/nvidia/pytorch:24.04-py3',
      target: `${proxy.host}/${place}/nvidia/pytorch:24.04-py3`,
      state: 'new',
    })
    const repository = `${proxy.host}/${place}/nvidia/pytorch`
    const published = await publishedDigest('nvidia/pytorch', '24.05-py3')
    expect(await inspect(`${repository}:24.05-py3`)).toBe(published)
    for (const { digest } of eventsOf(run, 'push')) {
      expect(await inspect(`${repository}@${String(digest)}`)).toBe(digest)
    }
    const signature = `${published.replace(':', '-')}.sig`
    expect(await inspect(`${repository}:${signature}`)).toBe(
      await publishedDigest('nvidia/pytorch', signature),
    )
  })

  test('a second time sends nothing, and layers of another place are mounted', async () => {
    expect((await push(drive)).code).toBe(0)
    proxy.requests.length = 0
    const again = await push(drive)
    expect(jsonLines(again).at(-1)).toMatchObject({ pushed: 0, skipped: 4, sentBytes: 0 })
    expect(proxy.requests.every(({ method }) => method === 'HEAD' || method === 'GET')).toBe(true)

    const image = practice('mounted')
    const folder = await temporaryFolder()
    await writeImage(folder, image, { reference: 'nvcr.io/acme/one:1', name: 'one.tar' })
    await writeImage(folder, image, { reference: 'nvcr.io/acme/two:1', name: 'two.tar' })
    proxy.requests.length = 0
    const both = await push(folder)
    expect(both.code).toBe(0)
    expect(proxy.requests.filter(({ url }) => url.includes('mount=')).length).toBe(
      image.layers.length + 1,
    )
    const size = [image.config, ...image.layers].reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(blobBytes()).toBe(size)
    expect(jsonLines(both).at(-1)).toMatchObject({ sentBytes: size, savedBytes: size })
  })

  test('one of two platforms alone gets the name, and the other completes the index later', async () => {
    const files = (await readdir(drive)).filter((file) => file.includes('24.05-py3_linux'))
    const [amd = '', arm = ''] = files.toSorted().map((file) => join(drive, file))
    const first = await push(amd)
    const [{ digest, notes }] = eventsOf(first, 'plan') as [Record<string, unknown>]
    expect(String(notes)).toContain('one of 2 platforms')
    const name = `${proxy.host}/${place}/nvidia/pytorch:24.05-py3`
    expect(await inspect(name)).toBe(digest)
    expect((await push(arm)).code).toBe(0)
    expect(await inspect(name)).toBe(await publishedDigest('nvidia/pytorch', '24.05-py3'))
  })

  test('parts are pushed as they are, and --image picks by name', async () => {
    const folder = await temporaryFolder()
    const image = practice('parts')
    await writeImage(folder, image, {
      reference: 'nvcr.io/acme/parts:1',
      name: 'parts.tar',
      maxFileSizeBytes: 70_000,
    })
    await writeImage(folder, practice('other'), {
      reference: 'nvcr.io/acme/other:1',
      name: 'o.tar',
    })
    expect((await readdir(folder)).length).toBeGreaterThan(4)
    const run = await push(folder, ['--image', 'acme/parts'])
    expect(eventsOf(run, 'push')).toMatchObject([{ state: 'pushed' }])
    expect(await inspect(`${proxy.host}/${place}/acme/parts:1`)).toBe(
      image.manifest.descriptor.digest,
    )
    const wrong = await push(folder, ['--image', 'acme/nothing'])
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('No image here is called acme/nothing')
  })

  test('a line that is cut in mid-layer costs that layer another try, and no more', async () => {
    const folder = await temporaryFolder()
    const image = practice('cut')
    await writeImage(folder, image, { reference: 'nvcr.io/acme/cut:1' })
    proxy.cuts.push(100_000)
    const run = await push(folder)
    expect(run.code).toBe(0)
    expect(await inspect(`${proxy.host}/${place}/acme/cut:1`)).toBe(
      image.manifest.descriptor.digest,
    )
  })

  test('a program that is killed half-way goes on with what is missing', async () => {
    const folder = await temporaryFolder()
    const image = practice('killed', 3)
    await writeImage(folder, image, { reference: 'nvcr.io/acme/killed:1' })
    const killed = await push(folder, ['--connections', '1'], {
      started(child) {
        proxy.onBytes = () => {
          const sent = proxy.requests.filter(({ bodyBytes }) => bodyBytes > 100_000)
          if (sent.length > 1) child.kill('SIGKILL')
        }
      },
    })
    expect(killed.code).toBeNull()
    delete proxy.onBytes
    proxy.requests.length = 0
    const again = await push(folder)
    expect(jsonLines(again).at(-1)).toMatchObject({ pushed: 1, failed: 0 })
    const size = image.layers.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(blobBytes()).toBeLessThan(size)
    expect(await inspect(`${proxy.host}/${place}/acme/killed:1`)).toBe(
      image.manifest.descriptor.digest,
    )
  })

  test('a damaged layer is told of with its file, and the others are pushed', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practice('bad'), { reference: 'nvcr.io/acme/bad:1', name: 'bad.tar' })
    await writeImage(folder, practice('fine'), {
      reference: 'nvcr.io/acme/fine:1',
      name: 'fine.tar',
    })
    const path = join(folder, 'bad.tar')
    const content = await readFile(path)
    const middle = content.length - 50_000
    content[middle] = content[middle]! ^ 1
    await writeFile(path, content)
    const run = await push(folder)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('bad.tar is damaged')
    expect(eventsOf(run, 'push').map(({ state }) => state)).toEqual(['failed', 'pushed'])
    await expect(inspect(`${proxy.host}/${place}/acme/bad:1`)).rejects.toThrow()
  })

  test('a tarball of docker save is pushed with a manifest that is made, and says so', async () => {
    const folder = await temporaryFolder()
    const layer = tarOf({ 'etc/practice': Buffer.from('practice') })
    const diffId = createHash('sha256').update(layer).digest('hex')
    const config = Buffer.from(
      JSON.stringify({
        os: 'linux',
        architecture: 'amd64',
        config: {},
        rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
      }),
    )
    const id = createHash('sha256').update(config).digest('hex')
    const list = [
      { Config: `${id}.json`, RepoTags: ['nvcr.io/acme/saved:1'], Layers: ['a/layer.tar'] },
    ]
    await writeFile(
      join(folder, 'saved.tar'),
      tarOf({ [`${id}.json`]: config, 'a/layer.tar': layer, 'manifest.json': list }),
    )
    const run = await push(folder)
    expect(String(eventsOf(run, 'plan')[0]?.['notes'])).toContain('not the publisher’s')
    const name = `docker://${proxy.host}/${place}/acme/saved:1`
    const copied = await output('skopeo', [
      'inspect',
      '--config',
      '--raw',
      '--tls-verify=false',
      name,
    ])
    expect(createHash('sha256').update(copied).digest('hex')).toBe(id)
    const again = await push(folder)
    expect(jsonLines(again).at(-1)).toMatchObject({ skipped: 1 })
  })

  test('two images that would have one name are refused, and so is a file that is none', async () => {
    const folder = await temporaryFolder()
    for (const host of ['nvcr.io', 'docker.io']) {
      const reference = `${host}/acme/same:1`
      await writeImage(folder, practice(host), { reference, name: `${host}.tar` })
    }
    await writeFile(join(folder, 'broken.tar'), 'no tarball')
    await mkdir(join(folder, 'empty'))
    const run = await push(folder)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('would be two different images: docker.io.tar and nvcr.io.tar')
    expect(run.stderr).toContain('broken.tar is no tarball of images')
    expect(jsonLines(run).at(-1)).toMatchObject({ pushed: 0, failed: 3 })
    for (const names of [[], ['--image', 'one/image']]) {
      const none = await push(join(folder, 'empty'), names)
      expect(none.stderr).toContain('There is no tarball of images there')
      expect(none.code).toBe(1)
    }
  })

  describeWith(['strace'], 'watched from outside', () => {
    test('nobody is spoken to but the registry that was named', async () => {
      const folder = await temporaryFolder()
      await writeImage(folder, practice('alone'), { reference: 'nvcr.io/acme/alone:1' })
      const trace = join(folder, 'trace')
      const program = join(import.meta.dirname, '..', '..', 'main', 'cli.ts')
      const watch = ['-f', '-qq', '-e', 'trace=connect,sendto,sendmsg', '-o', trace]
      const pushing = ['push', folder, '--to', `${proxy.host}/${place}`]
      await promisify(execFile)('strace', [...watch, process.execPath, program, ...pushing])
      const asked = (await readFile(trace, 'utf8')).matchAll(
        /sin6?_port=htons\((\d+)\).*?inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"/g,
      )
      expect([...new Set([...asked].map(([, port, address]) => `${address}:${port}`))]).toEqual([
        proxy.host,
      ])
    })
  })

  test('--dry-run tells the names and changes nothing', async () => {
    const run = await runCli(['push', drive, '--to', `http://${proxy.host}/${place}`, '--dry-run'])
    expect(run.code).toBe(0)
    expect(run.stdout).toContain(
      `nvcr.io/nvidia/pytorch:24.05-py3 linux/amd64 → ${proxy.host}/${place}/nvidia/pytorch:24.05-py3`,
    )
    expect(proxy.requests.every(({ method }) => method === 'HEAD' || method === 'GET')).toBe(true)
  })
})

/** The digest that the sandbox publishes something under. */
async function publishedDigest(repository: string, name: string): Promise<string> {
  const registry = sandbox.site.registry ?? ''
  return await inspect(`${new URL(registry).host}/${repository}:${name}`)
}
