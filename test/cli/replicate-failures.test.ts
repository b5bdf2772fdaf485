import type { ChildProcess } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventsOf, jsonLines, runCli } from '../support/cli.ts'
import { oneImage, startReplicating } from './replicating.ts'

const { sandbox, output, replicate } = await startReplicating()

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
