import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helloProgram } from '../../main/sandbox/hello.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { eventsOf, runCli, type Finished, type RunOptions } from '../support/cli.ts'
import { output, startContainerd, startDocker, type Engine } from '../support/engines.ts'
import { amd64, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

/** A folder with two images of that name. */
async function library(name: string, sizeBytes = 100_000): Promise<string> {
  const folder = await temporaryFolder()
  for (const tag of ['one', 'two']) {
    const files = { 'bin/hello': { bytes: helloProgram('amd64', `hello ${tag}`), mode: 0o755 } }
    const layers = [
      makeLayer({ seed: `${name} ${tag}`, files }),
      makeLayer({ seed: `${name} ${tag} weight`, sizeBytes }),
    ]
    const image = makeImage({ platform: amd64, layers, entrypoint: ['/bin/hello'] })
    const reference = `nvcr.io/nvidia/${name}:${tag}`
    await writeImage(folder, image, { reference, name: `${tag}.tar`, maxFileSizeBytes: 60_000_000 })
  }
  return folder
}

describeWith(['dockerd', 'docker'], 'load', () => {
  let docker: Engine
  beforeAll(async () => {
    docker = await startDocker()
  })
  afterAll(() => docker?.stop())

  const load = (args: string[], options: RunOptions = {}): Promise<Finished> =>
    runCli(['load', ...args], { ...options, env: { DOCKER_HOST: `unix://${docker.socket}` } })

  it('says what it will do, loads all of a folder, and a second time skips it', async () => {
    const folder = await library('whole')
    const plan = await load(['--dry-run', folder])
    expect(plan.code).toBe(0)
    expect(plan.stdout).toMatch(/^to load .* nvcr\.io\/nvidia\/whole:one$/m)
    expect(plan.stdout).toMatch(/2 tarballs to load\. It takes about \d+ kB of .* free/)
    expect(await docker.run('images', '--quiet')).toBe('')
    await writeFile(join(folder, 'three.tar.partial'), 'half')

    const first = await load([folder])
    expect(first).toMatchObject({
      code: 0,
      stderr: `${folder} has 1 tarball that was never finished, not loaded: three.tar\n`,
    })
    expect(first.stdout).toContain('loaded  nvcr.io/nvidia/whole:two')
    expect(first.stdout).toContain('Done: 2 loaded, 0 there already, 0 failed.')
    const name = 'nvcr.io/nvidia/whole:one'
    expect(await docker.run('run', '--rm', '--network', 'none', name)).toBe('hello one\n')

    const second = await load(['--json', folder])
    expect(eventsOf(second, 'tarball')).toMatchObject([{ state: 'skipped' }, { state: 'skipped' }])
    expect(eventsOf(second, 'done')).toMatchObject([{ loaded: 0, skipped: 2, failed: 0 }])
  })

  it('needs no network at all', async () => {
    const folder = await library('alone')
    // In a network of its own, which has nothing in it, not even a loopback that is up.
    const program = join(import.meta.dirname, '..', '..', 'main', 'cli.ts')
    const host = `DOCKER_HOST=unix://${docker.socket}`
    const command = ['--net', 'env', host, process.execPath, program, 'load', folder]
    expect(await output('unshare', command)).toContain('Done: 2 loaded')
  })

  it('loads one image by the end of its name, and takes one that is nowhere for wrong use', async () => {
    const folder = await library('some')
    const wrong = await load([folder, '--image', 'some:two', '--image', 'some:three'])
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toContain('No image here is called some:three.')
    const run = await load([folder, '--image', 'some:two'])
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Done: 1 loaded') })
  })

  it('stops when it is interrupted, says so, and keeps what was loaded', async () => {
    const folder = await library('interrupted', 40_000_000)
    const run = await load(['--json', folder], {
      started: (child) =>
        child.stdout?.on('data', (text: Buffer) => {
          if (text.includes('"state":"loaded"')) child.kill('SIGINT')
        }),
    })
    expect(run.code).toBe(130)
    expect(run.stderr).toContain('Interrupted. What was loaded is kept')
    const images = await docker.run('images', '--format', '{{.Tag}}', 'nvcr.io/nvidia/interrupted')
    expect(images.trim()).toBe('one')
  })

  it('fails in words for a folder without tarballs, and for a path that is not there', async () => {
    const folder = await temporaryFolder()
    for (const names of [[], ['--image', 'some:one']]) {
      const nothing = await load([folder, ...names])
      expect(nothing.stderr).toContain('There is no tarball in')
      expect(nothing.code).toBe(1)
    }
    const missing = await load([join(folder, 'none.tar')])
    expect(missing.stderr).toContain('does not exist')
    expect(missing.code).toBe(1)
  })
})

describeWith(['containerd', 'ctr'], 'load --to containerd', () => {
  it('loads into the namespace that is named', async () => {
    const containerd = await startContainerd()
    try {
      const folder = await library('spaced')
      const env = { CONTAINERD_ADDRESS: containerd.socket }
      const args = ['load', '--to', 'containerd', '--namespace', 'k8s.io', folder]
      const run = await runCli(args, { env })
      expect(run.stderr).toBe('')
      expect(run.stdout).toContain('Done: 2 loaded')
      const listed = await containerd.run('--namespace', 'k8s.io', 'images', 'list', '--quiet')
      expect(listed).toContain('nvcr.io/nvidia/spaced:one')
    } finally {
      await containerd.stop()
    }
  })
})

describe('load and doctor', () => {
  it('say in words that there is no engine, and what to do', async () => {
    const folder = await library('nowhere')
    const home = await temporaryFolder()
    await mkdir(join(home, 'bin'))
    const env = {
      PATH: join(home, 'bin'),
      HOME: home,
      DOCKER_HOST: `unix://${home}/docker.sock`,
      CONTAINERD_ADDRESS: `${home}/containerd.sock`,
    }
    const run = await runCli(['load', folder], { env })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('docker.sock does not answer.\nStart it')
    const doctor = await runCli(['doctor'], { env })
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain('problem: DOCKER_HOST')
  })
})
