import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdir, open, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSh } from '../../main/drive-files/load-scripts.ts'
import { startContainerd, startDocker, startPodman, type Engine } from '../support/engines.ts'
import { explainedDrive } from '../support/explained-drive.ts'
import { temporaryFolder } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

const whole = 'nvcr.io/nvidia/whole:24.01'
const parts = 'nvcr.io/nvidia/parts:24.01'
const twoImages = [{ reference: whole }, { reference: parts, maxFileSizeBytes: 30_000 }]

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly shell?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

async function load(
  folder: string,
  args: readonly string[],
  { shell = ['sh'], env = {} }: RunOptions = {},
): Promise<Run> {
  const [program = 'sh', ...before] = shell
  try {
    const { stdout, stderr } = await promisify(execFile)(
      program,
      [...before, join(folder, 'load.sh'), ...args],
      { cwd: '/', env: { PATH: process.env['PATH'], HOME: '/nowhere', ...env } },
    )
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error)) throw error
    const code = 'code' in error ? Number(error.code) : Number.NaN
    return { code, stdout: String(error.stdout), stderr: String(error.stderr) }
  }
}

/** A folder of programs: an engine that only notes how it was called and how much it was given, and those named. */
async function programs(...links: string[]): Promise<{ path: string; env: NodeJS.ProcessEnv }> {
  const path = await temporaryFolder()
  const docker = `#!/bin/sh\necho "docker $*" >>"${path}/calls"\nwc -c >>"${path}/calls"\n`
  await writeFile(join(path, 'docker'), docker)
  await chmod(join(path, 'docker'), 0o755)
  for (const link of links) {
    await symlink(execFileSync('which', [link]).toString().trim(), join(path, link))
  }
  return { path, env: { PATH: `${path}:${process.env['PATH']}` } }
}

async function flipByte(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 20_000)
  await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, 20_000)
  await file.close()
}

describe('load.sh', () => {
  it('lists what is here, all or what is named', async () => {
    const folder = await explainedDrive(twoImages)
    const all = await load(folder, ['--list'])
    expect(all).toMatchObject({ code: 0, stderr: '' })
    expect(all.stdout.trim().split('\n')).toEqual([
      `${parts}  linux/amd64  nvcr.io_nvidia_parts_24.01_linux-amd64.tar`,
      `${whole}  linux/amd64  nvcr.io_nvidia_whole_24.01_linux-amd64.tar`,
    ])
    expect((await load(folder, ['--list', 'whole:24.01'])).stdout).toMatch(
      /^nvcr\.io\/nvidia\/w.*\n$/,
    )
    expect((await load(folder, ['--help'])).stdout).toContain('--namespace')
  })

  it('says what it was given wrongly, and ends with 2', async () => {
    const folder = await explainedDrive([{ reference: whole }])
    const { env } = await programs()
    for (const args of [['--twice'], ['--to'], ['--to', 'rkt'], ['--namespace=k8s.io']]) {
      const run = await load(folder, args, { env })
      expect(run).toMatchObject({ code: 2, stdout: '' })
      expect(run.stderr).toContain('--help')
    }
  })

  it('refuses what is damaged, missing or unknown before the engine is called, and loads the rest', async () => {
    const folder = await explainedDrive([
      ...twoImages,
      { reference: 'nvcr.io/nvidia/torn:1', maxFileSizeBytes: 30_000 },
      { reference: 'nvcr.io/nvidia/bad:1' },
    ])
    const { path, env } = await programs()
    await flipByte(join(folder, 'nvcr.io_nvidia_bad_1_linux-amd64.tar'))
    await flipByte(join(folder, 'nvcr.io_nvidia_parts_24.01_linux-amd64.tar.000'))
    await rm(join(folder, 'nvcr.io_nvidia_torn_1_linux-amd64.tar.001'))
    const all = await load(folder, ['--to=docker'], { env })
    expect(all.code).toBe(1)
    expect(all.stderr).toContain('bad:1: nvcr.io_nvidia_bad_1_linux-amd64.tar is damaged')
    expect(all.stderr).toContain('torn:1: nvcr.io_nvidia_torn_1_linux-amd64.tar.001 is missing.')
    expect(all.stderr).toContain('parts_24.01_linux-amd64.tar.000 is damaged')
    expect(all.stdout).toContain('1 loaded into docker, 3 failed.')
    const calls = (): string => execFileSync('cat', [join(path, 'calls')]).toString()
    expect(calls()).toBe('docker load -i ./nvcr.io_nvidia_whole_24.01_linux-amd64.tar\n0\n')
    expect(await load(folder, ['bad:1', 'nobody:1', '--no-check'], { env })).toMatchObject({
      code: 1,
      stderr: 'failed: nobody:1 is not here. --list tells what is.\n',
    })
    expect(calls()).toContain('bad_1')
  })

  it('gives an engine the platform of this machine, or the one asked for', async () => {
    const reference = 'nvcr.io/nvidia/both:1'
    const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' }
    const folder = await explainedDrive([
      { reference },
      { reference, platform: arm64 },
      { reference: 'nvcr.io/nvidia/arm:1', platform: arm64 },
    ])
    const { path, env } = await programs()
    await load(folder, [], { env })
    await load(folder, ['both:1', '--platform', 'linux/arm64'], { env })
    expect(execFileSync('grep', ['docker', join(path, 'calls')]).toString()).toBe(
      'docker load -i ./nvcr.io_nvidia_arm_1_linux-arm64-v8.tar\n' +
        'docker load -i ./nvcr.io_nvidia_both_1_linux-amd64.tar\n' +
        'docker load -i ./nvcr.io_nvidia_both_1_linux-arm64-v8.tar\n',
    )
  })

  it('takes nothing in its lists for a command, and opens nothing outside its folder', async () => {
    const folder = await explainedDrive([{ reference: whole }])
    const { path, env } = await programs()
    const rows = [
      '$(touch evil)\tlinux/amd64\t0\t$(touch evil).tar',
      'a;touch evil\tlinux/amd64\t0\t../secret.tar',
      'b\tlinux/amd64\t$(touch evil)\tb.tar',
      'c\tlinux/amd64\t0\t-rf',
      "d'`touch evil`\tlinux/amd64\t2\t`touch evil`",
    ]
    await writeFile(join(folder, 'inventory.tsv'), `${rows.join('\n')}\n`)
    const before = await readdir(folder)
    await writeFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  $(touch evil).tar\n`)
    for (const args of [[], ['--list'], ['--no-check'], ['$(touch evil)', '*', '`touch evil`']]) {
      await load(folder, args, { env })
    }
    expect(await readdir(folder)).toEqual(before)
    expect(await readdir(path)).toEqual(['docker'])
  })
})

describeWith(['shellcheck'], 'shellcheck', () => {
  it('has nothing to say about load.sh', async () => {
    const path = join(await temporaryFolder(), 'load.sh')
    await writeFile(path, loadSh)
    await promisify(execFile)('shellcheck', ['--severity=style', path])
  })
})

describeWith(['docker', 'dockerd', 'dash', 'busybox'], 'load.sh into docker', () => {
  let docker: Engine
  beforeAll(async () => {
    docker = await startDocker()
  })
  afterAll(() => docker?.stop())

  const runs = async (reference: string): Promise<string> =>
    await docker.run('run', '--rm', '--network', 'none', reference)

  it('by dash: all of them, in parts too', async () => {
    const folder = await explainedDrive(twoImages)
    const run = await load(folder, [], { shell: ['dash'], env: docker.env })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain('2 loaded into docker, 0 failed.')
    expect(await runs(whole)).toContain(`${whole} was carried across`)
    expect(await runs(parts)).toContain(`${parts} was carried across`)
  })

  it('by a busybox that has nothing beside it but docker', async () => {
    const folder = await explainedDrive([
      { reference: 'nvcr.io/nvidia/busy:1', maxFileSizeBytes: 30_000 },
    ])
    const path = await temporaryFolder()
    await mkdir(join(path, 'bin'))
    for (const name of ['docker', 'busybox']) {
      await symlink(execFileSync('which', [name]).toString().trim(), join(path, 'bin', name))
    }
    for (const name of ['sha256sum', 'cut', 'cat', 'dirname', 'basename', 'uname']) {
      await symlink('busybox', join(path, 'bin', name))
    }
    const env = { ...docker.env, PATH: join(path, 'bin') }
    const busybox = join(path, 'bin', 'busybox')
    const run = await load(folder, ['busy:1'], { shell: [busybox, 'sh'], env })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(await runs('nvcr.io/nvidia/busy:1')).toContain('busy:1 was carried across')
  })

  it('with shasum where there is no sha256sum, as on macOS', async () => {
    const folder = await explainedDrive([{ reference: 'nvcr.io/nvidia/mac:1' }])
    const names = ['docker', 'shasum', 'perl', 'cut', 'cat', 'dirname', 'basename', 'uname']
    const { path } = await programs(...names.slice(1))
    await rm(join(path, 'docker'))
    await symlink(execFileSync('which', ['docker']).toString().trim(), join(path, 'docker'))
    const shell = [execFileSync('which', ['dash']).toString().trim()]
    const run = await load(folder, [], { shell, env: { ...docker.env, PATH: path } })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    await flipByte(join(folder, 'nvcr.io_nvidia_mac_1_linux-amd64.tar'))
    const again = await load(folder, [], { shell, env: { ...docker.env, PATH: path } })
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is damaged') })
  })
})

describeWith(['podman'], 'load.sh into podman', () => {
  it('all of them, in parts too', async () => {
    const podman = await startPodman()
    try {
      const folder = await explainedDrive(twoImages)
      const run = await load(folder, ['--to', 'podman'], { env: podman.env })
      expect(run.stdout).toContain('2 loaded into podman, 0 failed.')
      const names = await podman.run('images', '--format', '{{.Repository}}:{{.Tag}}')
      expect(names.trim().split('\n').toSorted()).toEqual([parts, whole])
    } finally {
      await podman.stop()
    }
  })
})

describeWith(['containerd', 'ctr'], 'load.sh into containerd', () => {
  it('all of them, in parts too, into a namespace and for another platform', async () => {
    const containerd = await startContainerd()
    try {
      const arm64 = { os: 'linux', architecture: 'arm64' }
      const folder = await explainedDrive([
        ...twoImages,
        { reference: 'nvcr.io/nvidia/arm:1', platform: arm64 },
      ])
      const args = ['--to', 'ctr', '--namespace', 'k8s.io']
      const run = await load(folder, args, { env: containerd.env })
      expect(run.stdout).toContain('3 loaded into ctr, 0 failed.')
      const names = await containerd.run('--namespace', 'k8s.io', 'images', 'list', '--quiet')
      expect(names.trim().split('\n')).toEqual(['nvcr.io/nvidia/arm:1', parts, whole])
    } finally {
      await containerd.stop()
    }
  })
})
