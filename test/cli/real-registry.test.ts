import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { helloProgram } from '../../main/sandbox/hello.ts'
import {
  digestOf,
  makeImage,
  makeIndex,
  makeLayer,
  noise,
  type MadeImage,
} from '../../main/sandbox/image.ts'
import { eventsOf, jsonLines, runCli, type Finished, type RunOptions } from '../support/cli.ts'
import {
  output,
  startContainerd,
  startDocker,
  startPodman,
  type Engine,
} from '../support/engines.ts'
import { describeWith } from '../support/parts.ts'
import { watchMemory } from '../support/peak-memory.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'

let registry: RealRegistry
let folder: string

const replicate = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  runCli(['--output-path', folder, '--json', ...args], options)

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

/** Runs on amd64; its layers are a program and some weight. */
function hello(tag: string, architecture = 'amd64', repeats = 1): MadeImage {
  const files = { 'bin/hello': { bytes: helloProgram(architecture, `hello ${tag}`), mode: 0o755 } }
  const weight = makeLayer({ seed: `weight of ${tag}`, sizeBytes: 200_000 })
  return makeImage({
    platform: { os: 'linux', architecture },
    layers: [makeLayer({ seed: tag, files }), ...Array.from({ length: repeats }, () => weight)],
    entrypoint: ['/bin/hello'],
  })
}

describeWith(['docker-registry'], 'a real registry', () => {
  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterAll(() => registry?.stop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'real-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  describeWith(
    ['dockerd', 'docker', 'podman', 'containerd', 'ctr', 'skopeo'],
    'and real loaders',
    () => {
      let docker: Engine
      let podman: Engine
      let containerd: Engine
      beforeAll(async () => {
        ;[docker, podman, containerd] = await Promise.all([
          startDocker(),
          startPodman(),
          startContainerd(),
        ])
      })
      afterAll(() => Promise.all([docker, podman, containerd].map((engine) => engine?.stop())))

      test('an image lands under its full name and its published digest in every one of them, and runs', async () => {
        const image = hello('one')
        await registry.push('acme/hello', image, 'one')
        const reference = `${registry.host}/acme/hello:one`
        const run = await replicate([reference])
        const [saved] = eventsOf(run, 'image')
        expect(saved).toMatchObject({
          reference,
          state: 'saved',
          digest: image.manifest.descriptor.digest,
        })
        const tarball = join(folder, String(saved?.['file']))
        const { digest } = image.manifest.descriptor

        expect(await docker.run('load', '--input', tarball)).toContain(reference)
        expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain(
          'hello one',
        )
        expect(await podman.run('load', '--input', tarball)).toContain(reference)
        expect(await podman.run('images', '--digests')).toContain(digest)
        await containerd.run('images', 'import', tarball)
        await containerd.run('images', 'import', '--all-platforms', tarball)
        const listed = await containerd.run('images', 'list')
        expect(listed).toContain(reference)
        expect(listed).toContain(digest)
        // By its name within the archive: another name is not found.
        await output('skopeo', ['inspect', `docker-archive:${tarball}:${reference}`])
        const inspected = JSON.parse(
          await output('skopeo', ['inspect', `oci-archive:${tarball}`]),
        ) as { Digest: string }
        expect(inspected.Digest).toBe(digest)
      })

      test('parts on their way through cat load as the tarball they are', async () => {
        await registry.push('acme/hello', hello('parts'), 'parts')
        const reference = `${registry.host}/acme/hello:parts`
        expect((await replicate([reference, '--max-file-size', '60k'])).code).toBe(0)
        const parts = (await readdir(folder)).filter((file) => /\.tar\.\d{3}$/.test(file))
        expect(parts.length).toBeGreaterThan(2)
        execFileSync('sh', ['-c', `cat *.tar.* | docker --host unix://${docker.socket} load`], {
          cwd: folder,
        })
        expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain(
          'hello parts',
        )
      })

      test('a layer that a manifest lists forty times is fetched and stored once, and loads', async () => {
        await registry.push('acme/hello', hello('forty', 'amd64', 40), 'forty')
        const reference = `${registry.host}/acme/hello:forty`
        const run = await replicate([reference])
        const [saved] = eventsOf(run, 'image')
        expect((await stat(join(folder, String(saved?.['file'])))).size).toBeLessThan(300_000)
        await docker.run('load', '--input', join(folder, String(saved?.['file'])))
        expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain(
          'hello forty',
        )
      })

      test('all platforms of an index make one tarball each, which carry the index along', async () => {
        const children = [hello('multi'), hello('multi', 'arm64')]
        const { index, attestations } = makeIndex({ children, attestations: true })
        for (const child of [...children, ...attestations]) await registry.push('acme/hello', child)
        await registry.push('acme/hello', { manifest: index }, 'multi')
        const run = await replicate([`${registry.host}/acme/hello:multi`, '--platform', 'all'])
        const images = eventsOf(run, 'image')
        expect(images.map(({ platform }) => String(platform)).toSorted(byText)).toEqual([
          'linux/amd64',
          'linux/arm64',
        ])
        for (const { file, digest } of images) {
          const tarball = join(folder, String(file))
          await containerd.run('images', 'import', '--all-platforms', tarball)
          expect(await containerd.run('images', 'list')).toContain(String(digest))
          const members = execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' })
          expect(members).toContain(index.descriptor.digest.replace(':', '/'))
        }
      })

      test('zstd layers stay as they are, and podman, ctr and skopeo take them', async () => {
        const layers = [makeLayer({ seed: 'zstd', sizeBytes: 50_000, compression: 'zstd' })]
        const image = makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers })
        await registry.push('acme/zstd', image, '1')
        const [saved] = eventsOf(await replicate([`${registry.host}/acme/zstd:1`]), 'image')
        const tarball = join(folder, String(saved?.['file']))
        await containerd.run('images', 'import', tarball)
        await podman.run('load', '--input', tarball)
        expect(await output('skopeo', ['inspect', `oci-archive:${tarball}`])).toContain(
          image.manifest.descriptor.digest,
        )
      })
    },
  )

  test('external images are saved beside the selection, and a second run fetches nothing', async () => {
    await registry.push('library/tool', hello('tool'), '1.10')
    const list = join(folder, 'list.yml')
    await writeFile(list, `images:\n- name: ${registry.host}/library/tool\n  tag: 1.10\n`)
    await writeFile(join(folder, 'site.json'), JSON.stringify({ catalog: 'http://127.0.0.1:9' }))
    const args = [`${registry.host}/library/tool:1.10`, '--external-images', list]
    expect(jsonLines(await replicate(args)).at(-1)).toMatchObject({
      planned: 1,
      saved: 1,
      failed: 0,
    })
    expect(await readFile(join(folder, 'state.yml'), 'utf8')).toContain(
      `${registry.host}/library/tool`,
    )
    expect(jsonLines(await replicate(args)).at(-1)).toMatchObject({
      saved: 0,
      skipped: 1,
      bytes: 0,
    })
  })

  test('a tag that moved is shown as changed and replaced', async () => {
    const reference = `${registry.host}/acme/moving:latest`
    await registry.push('acme/moving', hello('before'), 'latest')
    await replicate([reference])
    const after = hello('after')
    await registry.push('acme/moving', after, 'latest')
    const run = await replicate([reference])
    expect(eventsOf(run, 'plan')).toMatchObject([{ state: 'changed' }])
    expect(eventsOf(run, 'image')).toMatchObject([
      { state: 'saved', digest: after.manifest.descriptor.digest },
    ])
    expect((await readdir(folder)).filter((file) => file.includes('.tar'))).toHaveLength(1)
    expect((await runCli(['verify', folder])).code).toBe(0)
  })

  test('a login kept by docker login opens a registry with a password, which shows nowhere', async () => {
    const closed = await startRegistry({ login: true })
    try {
      await closed.push('acme/hello', hello('closed'), 'closed')
      const reference = `${closed.host}/acme/hello:closed`
      const refused = await replicate([reference], { env: { DOCKER_CONFIG: folder } })
      expect(refused.code).toBe(1)
      const config = join(folder, 'docker')
      await mkdir(config)
      const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64')
      await writeFile(
        join(config, 'config.json'),
        JSON.stringify({ auths: { [closed.host]: { auth } } }),
      )
      const run = await replicate([reference, '--verbose'], { env: { DOCKER_CONFIG: config } })
      expect(run.code).toBe(0)
      for (const secret of [auth, login.password])
        expect(run.stdout + run.stderr).not.toContain(secret)
    } finally {
      await closed.stop()
    }
  })

  test('two gigabytes pass through less than 250 MB of memory, and nothing lies outside the destination', async () => {
    const weight = noise('two gigabytes', 500_000_000)
    const layers = Array.from({ length: 4 }, (_, number) => {
      const bytes = Buffer.from(weight)
      bytes.writeUInt32LE(number, 0)
      const digest = digestOf(bytes)
      const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
      return {
        descriptor: { mediaType, digest, size: bytes.length },
        diffId: digest,
        bytes,
        createdBy: 'weight',
      }
    })
    const image = makeImage({ platform: { os: 'linux', architecture: 'amd64' }, layers })
    await registry.push('acme/heavy', image, '2g')
    const temporary = join(folder, 'temporary')
    await mkdir(temporary)
    let peak: (() => number) | undefined
    let temporaryFiles = 0
    const run = await replicate([`${registry.host}/acme/heavy:2g`], {
      env: { TMPDIR: temporary },
      started: (child) => {
        peak = watchMemory(child)
        const timer = setInterval(() => {
          void readdir(temporary).then((files) => (temporaryFiles += files.length))
        }, 20)
        child.once('exit', () => clearInterval(timer))
      },
    })
    expect(run.code).toBe(0)
    expect(peak?.()).toBeGreaterThan(10_000_000)
    console.info(`peak memory for 2 GB: ${Math.round(Number(peak?.()) / 1e6)} MB`)
    expect(peak?.()).toBeLessThan(250_000_000)
    expect(temporaryFiles).toBe(0)
  }, 180_000)
})

describe('without a network', () => {
  test('a registry that does not answer is a sentence that names it', async () => {
    folder = await mkdtemp(join(tmpdir(), 'real-'))
    const run = await replicate(['127.0.0.1:9/acme/hello:one'], { env: {} })
    await rm(folder, { recursive: true })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('127.0.0.1:9')
  }, 120_000)
})
