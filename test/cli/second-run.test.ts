import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { eventsOf, jsonLines, runCli } from '../support/cli.ts'
import { oneImage, startReplicating } from './replicating.ts'

const { sandbox, output, replicate, blobRequests } = await startReplicating()
const stateFile = join(output, 'state.yml')

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
    await writeFile(stateFile, 'nvidia/pytorch: {}\n')
    expect(eventsOf(await replicate(oneImage), 'plan')).toMatchObject([{ state: 'new' }])
  })

  test('shows a tag as changed whose change key is another', async () => {
    await writeFile(stateFile, 'nvidia/pytorch:\n  24.05-py3: earlier\n')
    const run = await replicate(oneImage)
    expect(eventsOf(run, 'plan')).toMatchObject([{ state: 'changed' }])
    expect(eventsOf(run, 'image')).toMatchObject([{ state: 'saved' }])
    expect(await readFile(stateFile, 'utf8')).not.toContain('earlier')
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
