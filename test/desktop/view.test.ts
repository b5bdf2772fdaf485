import { expect, test } from 'vitest'
import { Attempt } from '../../main/desktop/transfers/attempt.ts'
import { rowOf } from '../../main/desktop/transfers/view.ts'
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
