import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventsOf, jsonLines } from '../support/cli.ts'
import { oneImage, startReplicating } from './replicating.ts'

const { sandbox, output, replicate } = await startReplicating()

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

  test('stand alone: that rules beside them select nothing is said', async () => {
    const run = await replicate(['nvidia/pytorch:24.02-py3', '--image', 'tensorrt', '--dry-run'])
    expect(eventsOf(run, 'plan')).toHaveLength(1)
    expect(run.stderr).toContain('--image and --project select nothing besides')
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

test('a selection that matches nothing says so', async () => {
  const run = await replicate(['--image', 'nosuchimage'])
  expect(run.code).toBe(0)
  expect(run.stderr).toMatch(/Nothing matches/)
})
