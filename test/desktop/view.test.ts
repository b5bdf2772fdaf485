import { expect, test } from 'vitest'
import { Attempt } from '../../main/desktop/transfers/attempt.ts'
import { leftBytes, rowOf, totalsOf } from '../../main/desktop/transfers/view.ts'
import type { Job } from '../../main/desktop/transfers/job-schema.ts'

const place = { grant: 'g', label: 'stick' }

function running(phase: 'pulling' | 'saving'): Job {
  return {
    id: '1',
    reference: 'nvcr.io/nvidia/pytorch:24.05-py3',
    wanted: 'linux/amd64',
    platform: 'linux/amd64',
    folder: 'stick',
    sizeBytes: 900,
    state: { kind: 'running', phase },
  }
}

test('while Docker pulls, a transfer shows how much of which layer it has', () => {
  const attempt = new Attempt()
  const layer = {
    digest: 'sha256:1',
    sizeBytes: 500,
    pulledBytes: 200,
    state: 'downloading',
  } as const
  attempt.apply({ pull: { pulledBytes: 200, totalBytes: 500, layers: [layer] } })
  const row = rowOf(running('pulling'), { attempt, place, waitsFor: undefined })
  expect(row).toMatchObject({ phase: 'pulling', writtenBytes: 200, sizeBytes: 500 })
  expect(row.layers).toEqual([{ digest: 'sha256:1', sizeBytes: 500, doneBytes: 200 }])
})

test('what Docker then saves counts from the beginning, of a tarball whose size the plan could not know', () => {
  const attempt = new Attempt()
  attempt.apply({ pull: { pulledBytes: 500, totalBytes: 500, layers: [] } })
  attempt.apply({
    progress: { phase: 'saving', writtenBytes: 100, durableBytes: 0, totalBytes: 2000 },
  })
  const row = rowOf(running('saving'), { attempt, place, waitsFor: undefined })
  expect(row).toMatchObject({ phase: 'saving', writtenBytes: 100, sizeBytes: 2000, layers: [] })
})

test('one bar goes over the pull and the save, each a half of it, and never back', () => {
  const attempt = new Attempt()
  const pull = (pulledBytes: number) => {
    attempt.pull = { pulledBytes, totalBytes: 500, layers: [] }
  }
  const save = (writtenBytes: number, totalBytes?: number) => {
    attempt.pull = undefined
    const size = totalBytes === undefined ? {} : { totalBytes }
    attempt.progress = { phase: 'saving', writtenBytes, durableBytes: 0, ...size }
  }
  const steps: [() => void, number][] = [
    [() => {}, 0],
    [() => pull(200), 0.2],
    [() => pull(500), 0.5],
    // It is put together, and how large it is is not known yet.
    [() => save(0), 0.5],
    [() => save(0, 2000), 0.5],
    [() => save(1000, 2000), 0.75],
    [() => save(2000, 2000), 1],
  ]
  for (const [step, share] of steps) {
    step()
    const row = rowOf(running('saving'), { attempt, place, waitsFor: undefined })
    expect(row).toMatchObject({ share, plannedBytes: 900 })
    expect(totalsOf([row])).toEqual({ totalBytes: 900, doneBytes: 900 * share })
  }
})

test('pausing while Docker pulls takes nothing back', () => {
  const attempt = new Attempt()
  attempt.pull = { pulledBytes: 200, totalBytes: 500, layers: [] }
  const job: Job = { ...running('pulling'), state: { kind: 'paused' } }
  const row = rowOf(job, { attempt, place, waitsFor: undefined })
  expect(row).toMatchObject({ phase: 'paused', share: 0.2, writtenBytes: 200, sizeBytes: 500 })
})

test('the time left is of bytes to write, not of the plan', () => {
  const attempt = new Attempt()
  attempt.progress = { phase: 'saving', writtenBytes: 500, durableBytes: 0, totalBytes: 2000 }
  const row = rowOf(running('saving'), { attempt, place, waitsFor: undefined })
  expect(leftBytes([row, { ...row, phase: 'failed' }])).toBe(1500)
})
