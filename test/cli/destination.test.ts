import { execFile, execFileSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { eventsOf, jsonLines, runCli, type Finished, type RunOptions } from '../support/cli.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { describeWith } from '../support/parts.ts'
import { smallDisk } from '../support/small-disk.ts'
import { oneImage, startReplicating } from './replicating.ts'

const { sandbox, folder, siteFile, output, replicate } = await startReplicating()
const toDrive = (
  drive: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> =>
  runCli(['--site', siteFile, '--output-path', drive, '--json', ...args], options)
/** What `oneImage` selects, without a look at the catalogue. */
const named = 'nvidia/pytorch:24.05-py3'
const stateFile = join(output, 'state.yml')

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
    sandbox.settings.bytesPerSecond = 1_000_000
    const first = replicate(['nvidia/nemo:24.03.framework', '--connections', '1'])
    await expect
      .poll(() => readdir(output).catch(() => []), { timeout: 20_000 })
      .toContain('.ngc-replicator.lock')
    const second = await runCli(['--site', siteFile, '--output-path', output, named])
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/Another run is writing into .* \(process \d+ on /)
    expect(second.stdout).toMatch(/Plan: 1 image/)
    expect(second.stdout).not.toContain('Done')
    const [done] = eventsOf(await replicate([named]), 'done')
    expect(done).toMatchObject({ saved: 0, error: expect.stringContaining('Another run') })
    sandbox.settings.bytesPerSecond = 0
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
    await writeFile(stateFile, 'nvidia/pytorch:\nnvidia/tensorrt:\n  24.05-py3: key\n')
    expect(eventsOf(await replicate(oneImage), 'plan')).toMatchObject([{ state: 'new' }])
    expect(await readFile(stateFile, 'utf8')).toContain('nvidia/tensorrt')
  })

  describe('with an image that is not whole any more', () => {
    const tarball = join(output, 'nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar')

    test.each<[string, number | undefined, (path: string) => Promise<void>]>([
      ['ends too early', undefined, async () => await truncate(tarball, 1_000_000)],
      ['lacks its first part', 1_000_000, async () => await rm(`${tarball}.000`)],
      ['lacks its last part', 1_000_000, async () => await rm(`${tarball}.003`)],
    ])('saves it again where it %s', async (_what, largest, spoil) => {
      const args = [
        ...oneImage,
        ...(largest === undefined ? [] : ['--max-file-size', `${largest}`]),
      ]
      await replicate(args)
      await spoil(tarball)
      expect((await runCli(['inventory', output])).stdout).not.toContain('complete')
      expect((await runCli(['verify', output])).code).toBe(1)
      const run = await replicate(args)
      expect(eventsOf(run, 'plan')).toMatchObject([
        {
          state: 'new',
          notes: [expect.stringMatching(/^what is here is \w+: it is saved again$/)],
        },
      ])
      expect(eventsOf(run, 'image')).toMatchObject([{ state: 'saved' }])
      expect((await runCli(['verify', output])).code).toBe(0)
      expect(eventsOf(await replicate(args), 'plan')).toMatchObject([
        { state: 'present', notes: [] },
      ])
    })

    test('goes on with saving it again after an interruption', async () => {
      const args = [named, '--max-file-size', '1M']
      await replicate(args)
      await rm(`${tarball}.000`)
      sandbox.settings.bytesPerSecond = 500_000
      let child: ChildProcess | undefined
      const stopped = replicate([...args, '--connections', '1'], {
        started: (running) => (child = running),
      })
      const begun = expect.stringContaining('.partial')
      await expect.poll(() => readdir(output), { timeout: 20_000 }).toContainEqual(begun)
      child?.kill('SIGINT')
      expect((await stopped).code).toBe(130)
      expect(await readdir(output)).toContainEqual(begun)
      sandbox.settings.bytesPerSecond = 0
      expect(eventsOf(await replicate(args), 'image')).toMatchObject([{ state: 'saved' }])
      expect((await runCli(['verify', output])).code).toBe(0)
    })
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
      stateFile,
      `!!python/object/apply:collections.defaultdict\nargs:\n- !!python/name:builtins.dict ''\ndictitems:\n  nvidia/pytorch:\n    24.05-py3: '2024-05-27T16:05:35.124Z'\n`,
    )
    expect(eventsOf(await replicate(oneImage), 'plan')).toMatchObject([{ state: 'present' }])
  })

  test('with a state file that cannot be read is left alone', async () => {
    await mkdir(output)
    await writeFile(stateFile, 'a: [')
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
    const elsewhere = ['--site', siteFile, '--output-path', other, ...oneImage]
    const told = await runCli([...elsewhere, '--max-file-size', '1M', '--dry-run'])
    expect(told.stdout).toContain('1 image will be in parts of at most 1.00 MB.')
    await runCli(elsewhere)
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

  test('that does not tell its size is written to until it is full, then waited for, told once', async () => {
    const drive = await fatDrive(16 * 2 ** 20, 32)
    const args = ['--site', siteFile, '--output-path', drive, '--dry-run', ...oneImage]
    const planned = await runCli(args)
    expect(planned).toMatchObject({ code: 0, stdout: expect.not.stringContaining('It ') })
    expect(planned.stdout).toMatch(/Whether it fits is not known: .* does not tell what is free/)
    const filler = join(drive, 'holiday.mov')
    await writeFile(filler, Buffer.alloc(14_500_000))
    const run = await toDrive(drive, oneImage, {
      started: (child) =>
        child.stdout?.on('data', (text: Buffer) => {
          // Long enough to be full again and again meanwhile.
          if (text.includes('"waiting"')) setTimeout(() => rmSync(filler), 3_500)
        }),
    })
    expect(run.code).toBe(0)
    const [told, ...again] = eventsOf(run, 'waiting')
    expect(told?.['missingBytes']).toBeGreaterThan(1_000_000)
    expect(again).toEqual([])
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
