import { describe, expect, test } from 'vitest'
import { stateRepository, stateTag } from '../../main/plan/candidate.ts'
import { makePlan, type GatheredImage } from '../../main/plan/plan.ts'
import { parseReference } from '../../main/registry/reference.ts'
import { makeImage, makeLayer, type MadeLayer } from '../../main/sandbox/image.ts'
import { imageToSave } from '../support/image-to-save.ts'
import { amd64 } from '../support/made-tarball.ts'

const destination = { folder: '/destination', exists: true, isWritable: true, freeBytes: 1e9 }
const base = makeLayer({ seed: 'base', sizeBytes: 40_000 })
const empty = makeLayer({ seed: 'empty', sizeBytes: 0 })

const toSave = (tag: string, layers: MadeLayer[]): GatheredImage =>
  imageToSave(makeImage({ platform: amd64, layers }), tag)

describe('a plan', () => {
  const one = toSave('24.01-py3', [base, makeLayer({ seed: 'one', sizeBytes: 5000 }), empty, empty])
  const two = toSave('24.02-py3', [base, makeLayer({ seed: 'two', sizeBytes: 6000 }), empty])

  test('fetches each digest once, and tells what the images share', () => {
    const plan = makePlan(destination, [one, two], [], new Set())
    const layers = [
      base,
      makeLayer({ seed: 'one', sizeBytes: 5000 }),
      empty,
      makeLayer({ seed: 'two', sizeBytes: 6000 }),
    ]
    expect(plan.fetchBytes).toBe(layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0))
    expect(plan.sharedBytes).toBe(base.descriptor.size + empty.descriptor.size)
    expect(plan.writeBytes).toBe(one.sizeBytes + two.sizeBytes)
    expect(plan.missingBytes).toBe(0)
  })

  test('fetches nothing that the destination’s tarballs hold', () => {
    const plan = makePlan(destination, [one], [], new Set([base.descriptor.digest]))
    expect(plan.images[0]).toMatchObject({ fetchBytes: plan.fetchBytes })
    expect(plan.sharedBytes).toBe(base.descriptor.size)
  })

  test('says how much is missing when it does not fit, the room for its records included', () => {
    const plan = makePlan({ ...destination, freeBytes: one.sizeBytes }, [one], [], new Set())
    expect(plan.missingBytes).toBeGreaterThan(0)
    expect(makePlan({ ...destination, freeBytes: 0 }, [], [], new Set()).missingBytes).toBe(0)
  })
})

test('the entries of state.yml are the seed’s for NGC and the default platform, and others cannot collide', () => {
  const ngc = parseReference('nvidia/pytorch:24.01-py3')
  const hub = parseReference('docker.io/library/busybox:1.36')
  expect(stateRepository(ngc, 'nvcr.io')).toBe('nvidia/pytorch')
  expect(stateRepository(hub, 'nvcr.io')).toBe('docker.io/library/busybox')
  expect(stateTag(ngc, 'linux/amd64', false)).toBe('24.01-py3')
  expect(stateTag(ngc, 'linux/arm64', true)).toBe('24.01-py3')
  expect(stateTag(ngc, 'linux/arm64', false)).toBe('24.01-py3 linux/arm64')
})
