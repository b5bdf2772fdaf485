import { execFile, execFileSync, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { smallDisk } from '../support/small-disk.ts'
import { describeWith } from '../support/parts.ts'
import { eventsOf, jsonLines, runCli, type Finished, type RunOptions } from '../support/cli.ts'

let sandbox: Sandbox
let folder: string
let siteFile: string
let output: string

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replicate-'))
  output = join(folder, 'output')
  siteFile = join(folder, 'site.json')
  await writeFile(siteFile, JSON.stringify(sandbox.site))
  sandbox.requests.clear()
})
afterEach(async () => {
  sandbox.faults.clear()
  Object.assign(sandbox.settings, defaultSettings)
  await rm(folder, { recursive: true })
})

const replicate = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  runCli(['--site', siteFile, '--output-path', output, '--json', ...args], options)
const inEnvironment = (env: NodeJS.ProcessEnv): Promise<Finished> =>
  runCli(['--site', siteFile, '--output-path', output, '--json'], {
    env: { NGC_REPLICATOR_PROJECT: 'nvidia/clara', ...env },
  })
const toDrive = (drive: string, args: readonly string[]): Promise<Finished> =>
  runCli(['--site', siteFile, '--output-path', drive, '--json', ...args])
const blobRequests = (): number => sandbox.requests.all({ role: 'blobs' }).length
const stateFile = (): string => join(output, 'state.yml')
const oneImage = ['--image', 'pytorch', '--latest', '1']

/** What the list of processes shows of a command, again and again while it runs. */
function watchArguments(child: ChildProcess, see: (line: string) => void): void {
  const timer = setInterval(() => {
    const shown = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(child.pid)])
    see(shown.stdout.toString())
  }, 100)
  child.once('exit', () => clearInterval(timer))
}

describe('a selection', () => {
  test('is planned, saved and summed up in JSON events alone', async () => {
    const run = await replicate(['--image', 'pytorch', '--latest', '2'])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const plans = eventsOf(run, 'plan')
    expect(plans.map(({ reference, state }) => [reference, state])).toEqual([
      ['nvcr.io/nvidia/pytorch:24.05-py3', 'new'],
      ['nvcr.io/nvidia/pytorch:24.04-py3', 'new'],
    ])
    const images = eventsOf(run, 'image')
    expect(images.map(({ state }) => state)).toEqual(['saved', 'saved'])
    for (const { file, sizeBytes } of images) {
      expect((await readFile(join(output, String(file)))).length).toBe(sizeBytes)
    }
    const done = jsonLines(run).at(-1)
    const fetched = plans.reduce((sum, { fetchBytes }) => sum + Number(fetchBytes), 0)
    expect(done).toMatchObject({
      event: 'done',
      planned: 2,
      saved: 2,
      skipped: 0,
      failed: 0,
      bytes: fetched,
    })
    expect(Number(done?.['sharedBytes'])).toBeGreaterThan(0)
    execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: output })
    expect(await readdir(output)).toContain('description_nvidia%%pytorch.md')
  })

  test('of one image costs no request for any other repository', async () => {
    await replicate([...oneImage, '--dry-run'])
    const others = sandbox.requests
      .all()
      .filter(({ role, path }) => role !== 'auth' && /tensor|cuda|triton|nemo/.test(path))
    expect(others).toEqual([])
  })

  test('of a reference alone asks the catalogue nothing before it is saved', async () => {
    const run = await replicate(['nvidia/pytorch:24.01-py3', '--dry-run'])
    expect(eventsOf(run, 'plan')).toHaveLength(1)
    expect(sandbox.requests.all({ role: 'catalog' })).toEqual([])
  })

  test('can be a page of the catalogue, or a docker pull line', async () => {
    const page =
      'https://catalog.ngc.nvidia.com/orgs/nvidia/teams/clara/containers/monai-toolkit/tags?version=1.0'
    const run = await replicate([page, 'docker pull nvcr.io/nvidia/pytorch:24.02-py3', '--dry-run'])
    expect(eventsOf(run, 'plan').map(({ reference }) => reference)).toEqual([
      'nvcr.io/nvidia/clara/monai-toolkit:1.0',
      'nvcr.io/nvidia/pytorch:24.02-py3',
    ])
  })

  test('puts CUDA first and keeps tags that are no months, and 18.9 is before 18.10', async () => {
    const run = await replicate([
      '--min-version',
      '18.10',
      '--dry-run',
      '--exclude',
      'nemo',
      '--exclude',
      'caffe',
    ])
    const references = eventsOf(run, 'plan').map(({ reference }) => String(reference))
    expect(references[0]).toMatch(/nvidia\/cuda:/)
    expect(references.some((reference) => reference.includes('cuda:12.10.0-base'))).toBe(true)
    expect(references.some((reference) => /:18\.0?[4-9]/.test(reference))).toBe(false)
  })
})

describe('a second run', () => {
  beforeEach(async () => {
    expect((await replicate(oneImage)).code).toBe(0)
    sandbox.requests.clear()
  })

  test('over an unchanged selection fetches no blob', async () => {
    const run = await replicate(oneImage)
    expect(run.code).toBe(0)
    expect(eventsOf(run, 'plan')).toMatchObject([{ state: 'present', fetchBytes: 0 }])
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'skipped' }])
    expect(blobRequests()).toBe(0)
  })

  test('knows by name alone what a rule has saved', async () => {
    const run = await replicate(['nvidia/pytorch:24.05-py3'])
    expect(eventsOf(run, 'plan')).toMatchObject([{ state: 'present' }])
  })

  test('takes from the destination what it holds already', async () => {
    const run = await replicate(['nvidia/pytorch:24.04-py3'])
    const [plan] = eventsOf(run, 'plan')
    expect(Number(plan?.['fetchBytes'])).toBeLessThan(Number(plan?.['sizeBytes']) / 2)
    expect(jsonLines(run).at(-1)).toMatchObject({ saved: 1, bytes: plan?.['fetchBytes'] })
    expect((await runCli(['verify', output])).code).toBe(0)
  })

  test('fetches a shared layer after all where the drive gives wrong bytes for it', async () => {
    const name = (await readdir(output)).find((file) => file.endsWith('.tar'))
    const path = join(output, String(name))
    const bytes = await readFile(path)
    bytes[bytes.length - 100_000] = bytes[bytes.length - 100_000]! ^ 1
    bytes[60_000] = bytes[60_000]! ^ 1
    await writeFile(path, bytes)
    expect((await replicate(['nvidia/pytorch:24.04-py3'])).code).toBe(0)
    expect(
      (await runCli(['verify', join(output, 'nvcr.io_nvidia_pytorch_24.04-py3_linux-amd64.tar')]))
        .code,
    ).toBe(0)
  })

  test('pulls a tag again whose line was deleted', async () => {
    await writeFile(stateFile(), 'nvidia/pytorch: {}\n')
    expect(eventsOf(await replicate(oneImage), 'plan')).toMatchObject([{ state: 'new' }])
  })

  test('shows a tag as changed whose change key is another', async () => {
    await writeFile(stateFile(), 'nvidia/pytorch:\n  24.05-py3: earlier\n')
    const run = await replicate(oneImage)
    expect(eventsOf(run, 'plan')).toMatchObject([{ state: 'changed' }])
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'saved' }])
    expect(await readFile(stateFile(), 'utf8')).not.toContain('earlier')
  })

  test('does not fill a stick again that was emptied, and says so', async () => {
    for (const file of await readdir(output))
      if (file.endsWith('.tar')) await rm(join(output, file))
    for (const args of [oneImage, ['nvidia/pytorch:24.05-py3']]) {
      const run = await replicate(args)
      expect(eventsOf(run, 'plan')).toMatchObject([
        { state: 'present', notes: ['saved before, not here'] },
      ])
    }
    // The plan reads small documents; no layer is among them.
    const largest = Math.max(
      ...sandbox.requests.all({ role: 'blobs' }).map(({ sentBytes }) => sentBytes),
    )
    expect(largest).toBeLessThan(20_000)
  })
})

test('a second run over a named image asks for manifests only', async () => {
  const named = ['nvidia/nemo:24.05', 'nvidia/k8s/dcgm-exporter:3.3.5-3.4.0-ubuntu22.04']
  for (const args of [named, [...named, '--platform', 'all']]) {
    expect((await replicate(args)).code).toBe(0)
    sandbox.requests.clear()
    const run = await replicate(args)
    expect(jsonLines(run).at(-1)).toMatchObject({ saved: 0, failed: 0, bytes: 0 })
    expect(blobRequests()).toBe(0)
    expect(
      sandbox.requests.all({ role: 'registry' }).some(({ path }) => path.includes('/blobs/')),
    ).toBe(false)
  }
})

test('damaged tarballs of the destination cost a fetch, never an image', async () => {
  const held = ['nvidia/cuda:12.6.3-base-ubi8', 'nvidia/cuda:12.10.0-base-ubi8']
  await replicate(held)
  for (const file of (await readdir(output)).filter((name) => name.endsWith('.tar'))) {
    const bytes = await readFile(join(output, file))
    bytes.fill(0xff, bytes.length - 840_000, bytes.length - 2000)
    await writeFile(join(output, file), bytes)
  }
  expect((await replicate(['nvidia/cuda:12.10.0-devel-ubi8'])).code).toBe(0)
  const saved = join(output, 'nvcr.io_nvidia_cuda_12.10.0-devel-ubi8_linux-amd64.tar')
  expect((await runCli(['verify', saved])).code).toBe(0)
})

describeWith(['mkfs.ext4'], 'a drive that cannot be written', () => {
  test('can be planned for, with a word', async () => {
    const drive = await smallDisk(16_000_000)
    await promisify(execFile)('mount', ['-o', 'remount,ro', drive])
    const planned = await toDrive(drive, [...oneImage, '--dry-run'])
    expect(planned).toMatchObject({ code: 0, stderr: expect.stringMatching(/cannot be written/) })
    expect(eventsOf(planned, 'plan')).toMatchObject([{ state: 'new' }])
    const run = await toDrive(drive, oneImage)
    expect(run).toMatchObject({ code: 1, stdout: '' })
    expect(run.stderr).toMatch(/cannot be written to\.\nChoose another folder/)
  })
})

describe('the destination', () => {
  test('is written by one run at a time, and a dead one does not count', async () => {
    sandbox.settings.bytesPerSecond = 4_000_000
    const first = replicate(['nvidia/nemo:24.03.framework'])
    await expect
      .poll(() => readdir(output).catch(() => []), { timeout: 20_000 })
      .toContain('.ngc-replicator.lock')
    const second = await replicate(oneImage)
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/Another run is writing into .* \(process \d+ on /)
    expect(second.stdout).not.toContain('Done')
    expect(await first).toMatchObject({ code: 0 })
    expect(await readdir(output)).not.toContain('.ngc-replicator.lock')
    const dead = { host: hostname(), pid: 2 ** 22 - 1, started: '1', id: 'gone' }
    await writeFile(join(output, '.ngc-replicator.lock'), JSON.stringify(dead))
    expect((await replicate(oneImage)).code).toBe(0)
  })

  test('counts what an earlier run left unfinished as free, and uses it up', async () => {
    await mkdir(output)
    const leftover = 'nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar.000.partial'
    await writeFile(join(output, leftover), Buffer.alloc(1_000_000))
    expect((await replicate(oneImage)).code).toBe(0)
    expect(await readdir(output)).not.toContain(leftover)
  })

  test('keeps its repositories when the last line of one was deleted from its state', async () => {
    await mkdir(output)
    await writeFile(stateFile(), 'nvidia/pytorch:\nnvidia/tensorrt:\n  24.05-py3: key\n')
    expect(eventsOf(await replicate(oneImage), 'plan')).toMatchObject([{ state: 'new' }])
    expect(await readFile(stateFile(), 'utf8')).toContain('nvidia/tensorrt')
  })

  test('says what is wrong with the copy of an image that it will not fetch again', async () => {
    await replicate(oneImage)
    const name = (await readdir(output)).find((file) => file.endsWith('.tar'))
    await truncate(join(output, String(name)), 1_000_000)
    const run = await replicate(oneImage)
    expect(eventsOf(run, 'plan')).toMatchObject([
      { state: 'present', notes: [expect.stringMatching(/torn: delete its line in state\.yml/)] },
    ])
  })

  test('is not touched by a dry run', async () => {
    const run = await replicate([...oneImage, '--dry-run'])
    expect(jsonLines(run).at(-1)).toMatchObject({ event: 'done', planned: 1, saved: 0, bytes: 0 })
    expect(await readdir(folder)).toEqual(['site.json'])
  })

  test('is ./output of the caller’s folder where none is named', async () => {
    const here = join(folder, 'here')
    await mkdir(here)
    const run = await runCli(['--site', '../site.json', ...oneImage], { cwd: here })
    expect(run.code).toBe(0)
    expect(await readdir(here)).toEqual(['output'])
  })

  test('keeps the seed’s state: what it has saved is not pulled', async () => {
    await mkdir(output)
    await writeFile(
      stateFile(),
      `!!python/object/apply:collections.defaultdict\nargs:\n- !!python/name:builtins.dict ''\ndictitems:\n  nvidia/pytorch:\n    24.05-py3: '2024-05-27T16:05:35.124Z'\n`,
    )
    expect(eventsOf(await replicate(oneImage), 'plan')).toMatchObject([{ state: 'present' }])
  })

  test('with a state file that cannot be read is left alone', async () => {
    await mkdir(output)
    await writeFile(stateFile(), 'a: [')
    const run = await replicate(oneImage)
    expect(run).toMatchObject({ code: 1, stdout: '' })
    expect(run.stderr).toMatch(/state\.yml cannot be read/)
    expect(await readdir(output)).toEqual(['state.yml'])
  })

  test('gets parts where files may not be larger, and together they are the tarball', async () => {
    await replicate([...oneImage, '--max-file-size', '1M'])
    const parts = (await readdir(output)).filter((file) => /\.tar\.\d{3}$/.test(file)).toSorted()
    expect(parts.length).toBe(4)
    const whole = createHash('sha256')
    for (const part of parts) whole.update(await readFile(join(output, part)))
    execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: output })
    expect((await runCli(['verify', output])).code).toBe(0)
    const other = join(folder, 'other')
    await runCli(['--site', siteFile, '--output-path', other, ...oneImage])
    const tarball = (await readdir(other)).find((file) => file.endsWith('.tar'))
    const same = createHash('sha256').update(await readFile(join(other, String(tarball))))
    expect(whole.digest('hex')).toBe(same.digest('hex'))
    const listed = JSON.parse((await runCli(['inventory', output, '--json'])).stdout) as {
      images: unknown[]
    }
    expect(listed.images).toMatchObject([
      { files: parts, status: 'complete', reference: 'nvcr.io/nvidia/pytorch:24.05-py3' },
    ])
  })
})

describeWith(['fusefat', 'mkfs.fat'], 'a FAT drive', () => {
  test('takes images under legal names, and proves them', async () => {
    const drive = await fatDrive(16 * 2 ** 20)
    expect((await toDrive(drive, oneImage)).code).toBe(0)
    expect((await runCli(['verify', drive])).code).toBe(0)
  })

  test('that is too small is told before a layer is fetched, and stays as it was', async () => {
    const drive = await fatDrive(4 * 2 ** 20)
    const run = await toDrive(drive, ['--image', 'pytorch', '--latest', '3'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/has .* free, but this plan needs .* are missing/)
    const largest = Math.max(
      ...sandbox.requests.all({ role: 'blobs' }).map(({ sentBytes }) => sentBytes),
    )
    expect(largest).toBeLessThan(20_000)
    expect(await readdir(drive)).toEqual([])
  })
})

describe('platforms', () => {
  test('all make one tarball each, and one platform alone is taken as it is', async () => {
    const run = await replicate([
      'nvidia/k8s/dcgm-exporter:3.3.5-3.4.0-ubuntu22.04',
      'nvidia/clara/monai-toolkit:1.0',
      '--platform',
      'all',
    ])
    expect(eventsOf(run, 'image').map(({ platform, state }) => [platform, state])).toEqual(
      expect.arrayContaining([
        ['linux/amd64', 'saved'],
        ['linux/arm64', 'saved'],
      ]),
    )
    expect(jsonLines(run).at(-1)).toMatchObject({ saved: 3 })
    const other = await replicate([
      'nvidia/l4t-tensorflow:r32.4.2-tf1.15-py3',
      'nvidia/k8s/dcgm-exporter:3.3.5-3.4.0-ubuntu22.04',
    ])
    expect(eventsOf(other, 'plan')).toMatchObject([
      { platform: 'linux/arm64', state: 'new', notes: [expect.stringContaining('linux/arm64')] },
      { platform: 'linux/amd64', state: 'present' },
    ])
  })
})

describe('the environment', () => {
  test('sets what is set there: several in one variable, and no switch by the word false', async () => {
    const dry = await inEnvironment({
      NGC_REPLICATOR_DRY_RUN: 'true',
      NGC_REPLICATOR_EXCLUDE: '1.0 1.1',
    })
    expect(eventsOf(dry, 'plan').map(({ reference }) => reference)).toEqual([
      'nvcr.io/nvidia/clara/monai-toolkit:2.0',
      'nvcr.io/nvidia/clara/monai-toolkit:latest',
    ])
    expect(eventsOf(dry, 'done')).toMatchObject([{ saved: 0 }])
    const wet = await inEnvironment({ NGC_REPLICATOR_DRY_RUN: 'false', NGC_REPLICATOR_LATEST: '1' })
    expect(eventsOf(wet, 'done')).toMatchObject([{ saved: 1 }])
  })
})

describe('keys', () => {
  test('never show: not in output, state, or the list of processes, and the blob host sees none', async () => {
    const key = sandboxKeys.personal
    let processes = ''
    const run = await runCli(
      ['--site', siteFile, '--output-path', output, '--project', 'acme', '--verbose'],
      {
        env: { NGC_REPLICATOR_API_KEY: key },
        started: (child) => watchArguments(child, (seen) => (processes += seen)),
      },
    )
    expect(run.code).toBe(0)
    const files = await Promise.all(
      (await readdir(output)).map((file) => readFile(join(output, file), 'latin1')),
    )
    expect(processes).toContain('ngc-replicator')
    for (const text of [run.stdout, run.stderr, processes, ...files]) {
      expect(text).not.toContain(key)
      expect(text).not.toMatch(/signature=/i)
    }
    expect(blobRequests()).toBeGreaterThan(0)
    const told = sandbox.requests
      .all({ role: 'blobs' })
      .filter(({ hadAuthorization }) => hadAuthorization)
    expect(told).toEqual([])
  })

  test('given as an argument leave the list of processes once the program runs', async () => {
    const seen: string[] = []
    await replicate(['--project', 'acme', '--api-key', sandboxKeys.personal, '--dry-run'], {
      started: (child) => watchArguments(child, (line) => void seen.push(line)),
    })
    const renamed = seen.findIndex((line) => line.startsWith('ngc-replicator'))
    expect(renamed).toBeGreaterThanOrEqual(0)
    expect(seen.slice(renamed).join('')).not.toContain('nvapi-')
  })

  test.each(['personal', 'legacy'] as const)(
    'a %s key from standard input opens private repositories',
    async (name) => {
      const run = await replicate(
        ['--project', 'acme', '--image', 'inspection', '--latest', '1', '--api-key', '-'],
        {
          input: `${sandboxKeys[name]}\n`,
        },
      )
      expect(eventsOf(run, 'image')).toMatchObject([
        { reference: 'nvcr.io/acme/inspection:2024.2', state: 'saved' },
      ])
    },
  )

  test('from the environment work, a DGX key too', async () => {
    const run = await replicate(['--image', 'pytorch', '--latest', '1'], {
      env: { NGC_REPLICATOR_API_KEY: sandboxKeys.dgx },
    })
    expect(run.code).toBe(0)
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'saved' }])
    expect(sandbox.requests.all({ role: 'dgx' }).length).toBeGreaterThan(0)
    expect(sandbox.requests.all({ role: 'catalog' })).toEqual([])
  })

  test('that are wrong are a sentence', async () => {
    const run = await replicate(['--project', 'acme'], {
      env: { NGC_REPLICATOR_API_KEY: 'nvapi-wrong-key' },
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/key/i)
    expect(run.stderr + run.stdout).not.toContain('nvapi-wrong-key')
  })
})

describe('failures', () => {
  test('of one image stop no other, and are listed last', async () => {
    sandbox.faults.add({
      role: 'registry',
      path: '24.04-py3',
      times: Infinity,
      does: { kind: 'status', status: 404 },
    })
    const run = await replicate(['--image', 'pytorch', '--latest', '2'])
    expect(run.code).toBe(1)
    expect(new Set(eventsOf(run, 'image').map(({ state }) => state))).toEqual(
      new Set(['failed', 'saved']),
    )
    expect(jsonLines(run).at(-1)).toMatchObject({ planned: 2, saved: 1, failed: 1 })
    expect(run.stderr).toMatch(/24\.04-py3/)
  })

  test('of bytes: a layer with a wrong bit fails its image by name and leaves no tarball', async () => {
    sandbox.faults.add({ role: 'blobs', times: Infinity, does: { kind: 'flip', atByte: 100_000 } })
    const run = await replicate(oneImage)
    expect(run.code).toBe(1)
    expect(eventsOf(run, 'image')).toMatchObject([
      { state: 'failed', error: expect.stringContaining('sha256:') },
    ])
    expect((await readdir(output)).filter((file) => file.endsWith('.tar'))).toEqual([])
    expect(run.stderr.match(/It is fetched once more/g)).toHaveLength(1)
  })

  test('of the line in mid-layer are survived', async () => {
    sandbox.faults.add({ role: 'blobs', times: 3, does: { kind: 'drop', afterBytes: 100_000 } })
    expect((await replicate(oneImage)).code).toBe(0)
    expect((await runCli(['verify', output])).code).toBe(0)
  })

  test('by an interruption end with 130, keep what was fetched, and the same command goes on', async () => {
    sandbox.settings.bytesPerSecond = 2_000_000
    const images = ['nvidia/clara/monai-toolkit:1.0', 'nvidia/nemo:24.03.framework', '--jobs', '1']
    const nemo = 'nvcr.io_nvidia_nemo_24.03.framework_linux-amd64.tar'
    let child: ChildProcess | undefined
    const running = replicate(images, { started: (process) => void (child = process) })
    await expect
      .poll(() => readdir(output).catch(() => []), { timeout: 20_000 })
      .toContain(`${nemo}.partial`)
    // Told twice at once, as `timeout` and a terminal that closes do.
    child?.kill('SIGINT')
    child?.kill('SIGTERM')
    const run = await running
    expect(run.code).toBe(130)
    expect(await readdir(output)).not.toContain('.ngc-replicator.lock')
    expect(run.stderr).toMatch(/Interrupted\. 1 image saved and kept/)
    expect((await readdir(output)).filter((file) => file.includes('.tar'))).toEqual([
      'nvcr.io_nvidia_clara_monai-toolkit_1.0_linux-amd64.tar',
      `${nemo}.journal`,
      `${nemo}.partial`,
    ])
    sandbox.settings.bytesPerSecond = 0
    expect((await replicate([...images, '--check'])).code).toBe(0)
    expect((await readdir(output)).filter((file) => file.startsWith(nemo))).toEqual([nemo])
    expect((await runCli(['verify', output])).code).toBe(0)
  })

  test('leave what inventory lists and clean removes, and only that', async () => {
    await replicate(oneImage)
    const names = await readdir(output)
    const leftovers = ['a_b_1_linux-amd64.tar.000.partial', 'a_b_1_linux-amd64.tar.journal']
    for (const file of leftovers) await writeFile(join(output, file), 'half')
    const listed = await runCli(['inventory', output])
    expect(listed.stdout).toMatch(/a_b_1_linux-amd64\.tar\.partial: It was never finished/)
    const dry = await runCli(['clean', output, '--dry-run'])
    expect(dry.stdout).toMatch(/1 unfinished tarball, 8 B\./)
    expect(await readdir(output)).toEqual([...names, ...leftovers].toSorted())
    const clean = await runCli(['clean', output, '--json'])
    expect(jsonLines(clean)).toMatchObject([{ removed: true, leftovers: [{ files: leftovers }] }])
    expect(await readdir(output)).toEqual(names)
  })
})

test.each([
  ['an unknown option', ['--nonsense']],
  ['a minimum that is no month', ['--min-version', 'new']],
  ['a platform there is not', ['--platform', 'windows/amd64']],
  ['a reference that is none', ['nvidia/PyTorch:x y']],
  ['no tag', ['nvidia/pytorch']],
  ['a registry that is none', ['--registry-url', 'not a registry']],
  ['a password for no registry', ['--registry-password', 'secret']],
  ['no tarballs and no registry', ['--no-exporter']],
  ['a list that is not there', ['--external-images', 'nowhere.yml']],
  ['files so small that they are too many', ['nvidia/pytorch:24.05-py3', '--max-file-size', '10']],
  ['a rate that is no number', ['--limit-rate', 'fast']],
])('%s is wrong use: exit code 2, a sentence, and nothing on standard output', async (_, args) => {
  const run = await replicate(args)
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(run.stderr).toMatch(/\S/)
  expect(blobRequests()).toBeLessThan(10)
})

test('the seed’s progress page is told every step', async () => {
  const posts: {
    percent: number
    steps: { status: string; header: string; subHeader: string }[]
  }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      posts.push(JSON.parse(body) as (typeof posts)[number])
      response.end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const run = await replicate([...oneImage, '--progress-uri', `http://127.0.0.1:${port}/progress`])
  server.close()
  expect(run.code).toBe(0)
  expect(posts[0]).toMatchObject({ percent: -2, steps: [{ status: 'running' }] })
  expect(posts.at(-1)).toMatchObject({
    percent: -1,
    steps: [
      { status: 'complete' },
      { status: 'complete', header: expect.stringContaining('nvidia/pytorch:24.05-py3') },
    ],
  })
})

test('without --json people read lines, and a pipe gets no control characters', async () => {
  const run = await runCli(['--site', siteFile, '--output-path', output, ...oneImage])
  expect(run.stdout).toMatch(/Plan: 1 image, 1 to save, 0 present\./)
  expect(run.stdout).toMatch(/Done: 1 saved/)
  expect(run.stdout).not.toMatch(/[^\P{Cc}\n]/u)
})

test('a key that is worse than none is passed over for public images, and the plan says so', async () => {
  const run = await replicate(oneImage, { env: { NGC_REPLICATOR_API_KEY: sandboxKeys.narrow } })
  expect(run.code).toBe(0)
  expect(eventsOf(run, 'plan')).toMatchObject([{ notes: [expect.stringContaining('as guest')] }])
})

test('a reader that goes away does not stop what was begun', async () => {
  const program = [...oneImage, '--site', siteFile, '--output-path', output].join(' ')
  const cli = join(import.meta.dirname, '..', '..', 'main', 'cli.ts')
  const piped = `set -o pipefail; "${process.execPath}" "${cli}" ${program} | head -1`
  await promisify(execFile)('bash', ['-c', piped])
  expect((await runCli(['verify', output])).code).toBe(0)
})

test('a selection that matches nothing says so', async () => {
  const run = await replicate(['--image', 'nosuchimage'])
  expect(run.code).toBe(0)
  expect(run.stderr).toMatch(/Nothing matches/)
})
