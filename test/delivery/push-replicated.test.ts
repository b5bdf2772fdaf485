import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { digestOf, makeImage, makeIndex, makeLayer } from '../../main/sandbox/image.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { eventsOf, jsonLines, runCli, type Finished } from '../support/cli.ts'
import { output } from '../support/engines.ts'
import { describeWith } from '../support/parts.ts'
import { startRegistry, type RealRegistry } from '../support/registry.ts'

let sandbox: Sandbox
let real: RealRegistry
let folder: string
let place: string

const one = ['--image', 'pytorch', '--latest', '1']
const save = (args: readonly string[]): Promise<Finished> =>
  runCli(
    ['--site', join(folder, 'site.json'), '--output-path', join(folder, 'output'), ...one, ...args],
    { env: { DOCKER_CONFIG: folder } },
  )
const replicate = (args: readonly string[]): Promise<Finished> =>
  save(['--json', '--registry-url', `${real.host}/${place}`, ...args])
const digestAt = async (tag: string): Promise<unknown> => {
  const name = `docker://${real.host}/${place}/nvidia/pytorch${tag}`
  const inspected: unknown = JSON.parse(
    await output('skopeo', ['inspect', '--no-tags', '--tls-verify=false', name]),
  )
  return (inspected as { Digest: string }).Digest
}

const rawDigest = async (name: string): Promise<string> => {
  const address = `docker://${real.host}/${place}/${name}`
  const raw = await output('skopeo', ['inspect', '--raw', '--tls-verify=false', address])
  return digestOf(Buffer.from(raw))
}

describeWith(['docker-registry', 'skopeo'], 'pushing while replicating', () => {
  beforeAll(async () => {
    sandbox = await startSandbox()
    real = await startRegistry()
  })
  afterAll(async () => {
    await real?.stop()
    await sandbox?.close()
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'push-'))
    place = folder.split('-').at(-1)!.toLowerCase()
    await writeFile(join(folder, 'site.json'), JSON.stringify(sandbox.site))
    sandbox.requests.clear()
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('each image is saved, then pushed from its tarball', async () => {
    const run = await replicate([])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const [saved] = eventsOf(run, 'image')
    expect(saved).toMatchObject({ state: 'saved' })
    expect(eventsOf(run, 'push-plan')).toMatchObject([{ state: 'new' }])
    expect(eventsOf(run, 'push')).toMatchObject([{ state: 'pushed', digest: saved?.['digest'] }])
    expect(await digestAt(`@${String(saved?.['digest'])}`)).toBe(saved?.['digest'])
    // Layers came over the line once.
    const layers = sandbox.requests.all({ role: 'blobs' }).map(({ path }) => path)
    expect(new Set(layers).size).toBe(layers.length)
  })

  test('what was saved but not pushed is pushed the next time', async () => {
    const elsewhere = place
    place = 'UPPER'
    expect((await replicate([])).code).toBe(2)
    place = elsewhere
    expect((await save([])).code).toBe(0)
    const run = await replicate([])
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'skipped' }])
    expect(eventsOf(run, 'push')).toMatchObject([{ state: 'pushed' }])
    const again = await replicate([])
    expect(eventsOf(again, 'push')).toEqual([])
    expect(again.code).toBe(0)
  })

  test('--no-exporter leaves nothing in the folder but state.yml, and a second run skips', async () => {
    const run = await replicate(['--no-exporter', '--platform', 'all'])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const images = eventsOf(run, 'image')
    expect(images).toMatchObject([
      { state: 'pushed', file: null },
      { state: 'pushed', file: null },
    ])
    for (const { digest } of images) expect(await digestAt(`@${String(digest)}`)).toBe(digest)
    expect(await readdir(join(folder, 'output'))).toEqual(['state.yml'])
    sandbox.requests.clear()
    const again = await replicate(['--no-exporter', '--platform', 'all'])
    expect(jsonLines(again).at(-1)).toMatchObject({ skipped: 2, saved: 0, failed: 0, bytes: 0 })
    expect(eventsOf(again, 'push')).toEqual([])
  })

  test('what was pushed to one registry is pushed to the next as well', async () => {
    expect((await replicate(['--no-exporter'])).code).toBe(0)
    place = `${place}-next`
    const run = await replicate(['--no-exporter'])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const [pushed] = eventsOf(run, 'push')
    expect(pushed).toMatchObject({ state: 'pushed' })
    expect(await digestAt(`@${String(pushed?.['digest'])}`)).toBe(pushed?.['digest'])
    expect(Number(jsonLines(run).at(-1)?.['bytes'])).toBeGreaterThan(100_000)
  })

  test.each(['gone', 'torn'])('for a tarball that is %s the source stands in', async (state) => {
    expect((await save([])).code).toBe(0)
    const files = await readdir(join(folder, 'output'))
    const tarball = join(folder, 'output', files.find((file) => file.endsWith('.tar')) ?? '')
    if (state === 'gone') await rm(tarball)
    else await truncate(tarball, 100_000)
    const run = await replicate([])
    expect(run.code).toBe(0)
    expect(eventsOf(run, 'push')).toMatchObject([{ state: 'pushed' }])
  })

  test('an index arrives with its attestations, also where its platforms come one after the other', async () => {
    const children = ['amd64', 'arm64'].map((architecture) =>
      makeImage({
        platform: { os: 'linux', architecture },
        layers: [makeLayer({ seed: architecture, sizeBytes: 10_000 })],
      }),
    )
    const { index, attestations } = makeIndex({ children, attestations: true })
    const source = `source-${place}`
    for (const child of [...children, ...attestations]) await real.push(source, child)
    await real.push(source, { manifest: index }, '1')
    const pushOne = (platform: string): Promise<Finished> =>
      runCli([
        `${real.host}/${source}:1`,
        '--output-path',
        join(folder, platform),
        '--no-exporter',
        '--registry-url',
        `${real.host}/${place}`,
        '--platform',
        platform,
        '--json',
      ])
    const amd = await pushOne('linux/amd64')
    expect(String(eventsOf(amd, 'push-plan')[0]?.['notes'])).toContain('one of 2 platforms')
    expect(await rawDigest(`${source}:1`)).toBe(children[0]!.manifest.descriptor.digest)
    expect((await pushOne('linux/arm64')).code).toBe(0)
    expect(await rawDigest(`${source}:1`)).toBe(index.descriptor.digest)
    for (const { manifest } of attestations) {
      const { digest } = manifest.descriptor
      expect(await rawDigest(`${source}@${digest}`)).toBe(digest)
    }
  })

  test('a registry that is not there ends it before anything is fetched', async () => {
    const run = await save(['--registry-url', '127.0.0.1:9'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('127.0.0.1:9 refused the connection')
    expect(await readdir(folder)).toEqual(['site.json'])
  }, 60_000)
})
