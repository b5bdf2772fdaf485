import { expect, test } from 'vitest'
import { createRunProgress } from '../../main/cli/run-progress.ts'
import { followLayers } from '../../main/docker/pull.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { createSpeed } from '../../main/transfer/speed.ts'
import { imageToSave } from '../support/image-to-save.ts'
import { amd64 } from '../support/made-tarball.ts'

const layers = [1, 2].map((at) => makeLayer({ seed: `progress ${at}`, sizeBytes: 400_000 }))
const made = makeImage({ platform: amd64, layers })
const [first, second] = [imageToSave(made, '1'), imageToSave(made, '2')]
const [held, pulled] = layers.map(({ descriptor }) => descriptor)

test('an image through an engine is pulled, waited for and written, and no line exceeds its total', () => {
  let atMs = 0
  const run = createRunProgress(first.sizeBytes + second.sizeBytes, () => createSpeed(() => atMs))
  const lines = (): string[] => run.lines(100)
  const follow = followLayers(made.layers.map(({ descriptor }) => descriptor))
  run.pulling(first, follow({ id: id(held?.digest), status: 'Already exists' }))
  atMs = 1000
  const progressDetail = { current: 200_000 }
  run.pulling(first, follow({ id: id(pulled?.digest), status: 'Downloading', progressDetail }))
  // What the engine had is there, and came over no line.
  expect(lines()).toEqual([
    expect.stringMatching(/, pulling .* 7[45]%  60\d kB of 80\d kB  200 kB\/s  about \d s left$/),
    expect.stringMatching(/^total .* 0%  0 B of 1\.6\d MB$/),
  ])

  run.pulling(first, follow({ id: id(pulled?.digest), status: 'Extracting' }))
  expect(lines()[0]).toMatch(/, pulling +the engine unpacks it$/)
  run.update(first, { phase: 'saving', writtenBytes: 0, durableBytes: 0 })
  expect(lines()[0]).toMatch(/ waiting for the engine to put it together$/)
  atMs = 60_000
  const unpacked = { totalBytes: 4_000_000, durableBytes: 0 }
  run.update(first, { phase: 'saving', writtenBytes: 0, ...unpacked })
  atMs = 61_000
  run.update(first, { phase: 'saving', writtenBytes: 1_000_000, ...unpacked })
  expect(lines()).toEqual([
    expect.stringMatching(/ 25%  1\.00 MB of 4\.00 MB  1\.00 MB\/s  about 3 s left$/),
    expect.stringMatching(/^total .* 20%  1\.00 MB of 4\.8\d MB/),
  ])
  run.update(first, { phase: 'flushing', writtenBytes: 4_000_000, ...unpacked })
  expect(lines()[0]).toContain('flushing to the drive, 4.00 MB left')
  run.end(first)
  run.end(second)
  expect(lines()).toEqual([expect.stringMatching(/^total .*100%  4\.8\d MB of 4\.8\d MB/)])
})

/** By which an engine tells of a layer. */
function id(digest = ''): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12)
}
