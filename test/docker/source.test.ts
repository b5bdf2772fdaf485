import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { inventory } from '../../main/library/inventory.ts'
import { openTarball } from '../../main/archive/parts.ts'
import { readTarball } from '../../main/archive/read.ts'
import type { TarballImage } from '../../main/archive/image.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import { emptyLayer, makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { eventsOf, runCli, type Finished, type RunOptions } from '../support/cli.ts'
import { startContainerd, startDocker, startPodman, type Engine } from '../support/engines.ts'
import { amd64, temporaryFolder } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'

/** Layers that share nothing with other images, one of them listed twice, and an empty one. */
function hello(name: string, sizeBytes = 200_000): MadeImage {
  const files = { 'bin/hello': { bytes: helloProgram('amd64', `hello ${name}`), mode: 0o755 } }
  const weights = [1, 2, 3, 4, 5].map((number) =>
    makeLayer({ seed: `${name} ${number}`, sizeBytes: sizeBytes + number }),
  )
  const layers = [makeLayer({ seed: name, files }), emptyLayer(), ...weights, emptyLayer()]
  return makeImage({ platform: amd64, layers, entrypoint: ['/bin/hello'] })
}

async function imageIn(folder: string): Promise<TarballImage> {
  const files = (await readdir(folder)).filter((file) => file.includes('.tar')).toSorted()
  const tarball = await openTarball(files.map((file) => join(folder, file)))
  const reading = await readTarball(tarball)
  await tarball.close()
  if (reading.status !== 'complete') throw new Error(`${reading.status}: ${reading.detail}`)
  expect(reading.kind).toBe('ngc-replicator')
  return reading.images[0]!
}

describeWith(['docker-registry', 'dockerd', 'docker'], 'Docker as the source', () => {
  let registry: RealRegistry
  let docker: Engine
  let folder: string
  beforeAll(async () => {
    ;[registry, docker] = await Promise.all([startRegistry({ login: true }), startDocker()])
  })
  afterAll(() => Promise.all([registry?.stop(), docker?.stop()]))
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => docker.run('image', 'prune', '--all', '--force'))

  /** As `docker login` left it. */
  async function settings(password = login.password): Promise<string> {
    const home = await temporaryFolder()
    const auth = Buffer.from(`${login.username}:${password}`).toString('base64')
    await writeFile(
      join(home, 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    )
    return home
  }

  async function replicate(args: string[], options: RunOptions = {}): Promise<Finished> {
    return await runCli(['--output-path', folder, '--json', ...args], {
      ...options,
      env: {
        DOCKER_HOST: `unix://${docker.socket}`,
        DOCKER_CONFIG: await settings(),
        ...options.env,
      },
    })
  }

  const images = async (): Promise<string> =>
    await docker.run('images', '--all', '--digests', '--format', '{{.Repository}}:{{.Tag}}')

  it('gives the same content as the registry itself, intact, and leaves nothing in Docker', async () => {
    const image = hello('equal')
    await registry.push('acme/hello', image, 'equal')
    const reference = `${registry.host}/acme/hello:equal`
    const run = await replicate(['--source', 'docker', reference])
    expect(run.stderr).toBe('')
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'saved', reference }])
    const size = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)
    const [done] = eventsOf(run, 'done')
    expect(done?.['bytes']).toBeGreaterThan(size * 0.9)
    const fromDocker = await imageIn(folder)
    expect((await runCli(['verify', folder])).stdout).toContain('all intact')
    expect(await images()).toBe('')

    const other = await temporaryFolder()
    const env = { DOCKER_CONFIG: await settings() }
    await runCli(['--output-path', other, reference], { env })
    const fromRegistry = await imageIn(other)
    expect(fromDocker).toMatchObject({
      references: [reference],
      configDigest: image.config.descriptor.digest,
      platform: fromRegistry.platform,
      env: fromRegistry.env,
      history: fromRegistry.history,
    })
    expect(fromRegistry.configDigest).toBe(fromDocker.configDigest)
    expect(fromDocker.diffIds).toEqual(fromRegistry.diffIds)
    expect(fromDocker.layers.map(({ digest }) => digest)).toEqual(fromRegistry.diffIds)

    // Either source knows what the other has saved.
    for (const source of ['docker', 'registry']) {
      const again = await replicate(['--source', source, reference])
      expect(eventsOf(again, 'image')).toMatchObject([{ state: 'skipped' }])
    }
  })

  it('writes parts where a file may not be large', async () => {
    await registry.push('acme/hello', hello('parts'), 'parts')
    const reference = `${registry.host}/acme/hello:parts`
    const args = ['--source', 'docker', '--max-file-size', '300k', reference]
    expect((await replicate(args)).code).toBe(0)
    expect((await imageIn(folder)).references).toEqual([reference])
    expect((await runCli(['verify', folder])).stdout).toContain('all intact')
    const { images: rows } = await inventory(folder)
    expect(rows[0]?.files?.length).toBeGreaterThan(3)
  })

  it('pulls nothing that the engine has, and leaves that there', async () => {
    const image = hello('held')
    await registry.push('acme/hello', image, 'held')
    const reference = `${registry.host}/acme/hello:held`
    await docker
      .run('login', '-u', login.username, '-p', login.password, registry.host)
      .catch(String)
    await replicate(['--source', 'docker', '--no-remove', reference])
    expect(await images()).toContain(reference)
    const again = await temporaryFolder()
    folder = again
    const run = await replicate(['--source', 'docker', reference])
    expect(eventsOf(run, 'done')).toMatchObject([{ saved: 1, bytes: 0 }])
    expect(await images()).toContain(reference)
  })

  it('leaves what it pulled under its name where it is told to, and nothing besides', async () => {
    await registry.push('acme/hello', hello('left'), 'left')
    const reference = `${registry.host}/acme/hello:left`
    await replicate(['--source', 'docker', '--no-remove', reference])
    expect((await images()).trim().split('\n')).toEqual([reference])

    await registry.push('acme/hello', hello('left'), 'again')
    const other = reference.replace(':left', ':again')
    await replicate(['--source', 'docker', '--no-remove', other])
    expect((await images()).trim().split('\n').toSorted()).toEqual([other, reference])
  })

  it('leaves CUDA images in Docker under their name, as the original did', async () => {
    await registry.push('nvidia/cuda', hello('cuda'), '12.4')
    const reference = `${registry.host}/nvidia/cuda:12.4`
    await replicate(['--source', 'docker', reference])
    expect(await images()).toContain(reference)
  })

  it('shows the password to nobody', async () => {
    await registry.push('acme/hello', hello('secret'), 'secret')
    const reference = `${registry.host}/acme/hello:secret`
    const env = { DEBUG: '*' }
    const run = await replicate(['--source', 'docker', '--verbose', reference], { env })
    expect(run.code).toBe(0)
    const secrets = [login.password, Buffer.from(login.password).toString('base64')]
    for (const secret of [...secrets, 'X-Registry-Auth']) {
      expect(run.stdout + run.stderr).not.toContain(secret)
    }
  })

  it('tells in words that Docker does not answer, and what else there is', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' }
    const run = await replicate(['--source', 'docker', `${registry.host}/acme/hello:equal`], {
      env,
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('/nonexistent/docker.sock does not answer')
  })

  it('stops when it is interrupted, and leaves neither a file nor an image', async () => {
    await registry.push('acme/hello', hello('large', 8_000_000), 'large')
    const reference = `${registry.host}/acme/hello:large`
    const run = await replicate(['--source', 'docker', reference], {
      started: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    })
    expect(run.code).toBe(130)
    expect((await readdir(folder)).filter((file) => file.includes('.tar'))).toEqual([])
    expect(await images()).toBe('')
  })

  describeWith(['podman', 'containerd', 'ctr'], 'into every engine', () => {
    it('loads in Docker, Podman and containerd', async () => {
      await registry.push('acme/hello', hello('everywhere'), 'everywhere')
      const reference = `${registry.host}/acme/hello:everywhere`
      await replicate(['--source', 'docker', reference])
      const file = (await readdir(folder)).find((name) => name.endsWith('.tar'))
      const path = join(folder, file ?? '')
      await docker.run('load', '--input', path)
      expect(await docker.run('run', '--rm', '--network', 'none', reference)).toContain('hello')
      const [podman, containerd] = await Promise.all([startPodman(), startContainerd()])
      try {
        expect(await podman.run('load', '--input', path)).toContain(reference)
        await containerd.run('images', 'import', path)
        expect(await containerd.run('images', 'list')).toContain(reference)
      } finally {
        await Promise.all([podman.stop(), containerd.stop()])
      }
    })
  })
})
