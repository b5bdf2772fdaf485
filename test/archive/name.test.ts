import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFileName, partName, tarballName } from '../../main/archive/name.ts'
import { parseReference, type Digest, type Reference } from '../../main/registry/reference.ts'
import { amd64 } from '../support/made-tarball.ts'

const nameOf = (text: string): string => tarballName(parseReference(text), amd64)

const segment = fc.stringMatching(/^[a-z0-9]{1,4}(?:(?:\.|_|__|-)[a-z0-9]{1,4}){0,2}$/)
const registry = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,4}\.[a-z]{2}(?::\d{1,5})?$/),
  fc.constantFrom('nvcr.io', 'con.io', 'aux.x.com', 'localhost:5000', '[::1]:5000'),
)
const named = {
  registry,
  repository: fc.array(segment, { minLength: 1, maxLength: 4 }).map((all) => all.join('/')),
}
const tag = fc.oneof(
  fc.stringMatching(/^[aA_][aA_.-]{0,4}$/),
  fc.stringMatching(/^\w[\w.-]{0,127}$/),
)
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((digits): Digest => `sha256:${digits}`)
const reference: fc.Arbitrary<Reference> = fc.oneof(
  fc.record({ ...named, tag }),
  fc.record({ ...named, digest }),
  fc.record({ ...named, tag, digest }),
)
const platform = fc.record(
  {
    os: fc.constantFrom('linux', 'windows'),
    architecture: fc.constantFrom('amd64', 'arm64', 'arm', 'x_y', 'A'),
    variant: fc.constantFrom('v8', 'v7', 'V8'),
  },
  { requiredKeys: ['os', 'architecture'] },
)

describe('the file name of a tarball', () => {
  it('is readable for what NGC has', () => {
    expect(nameOf('nvcr.io/nvidia/pytorch:24.01-py3')).toBe(
      'nvcr.io_nvidia_pytorch_24.01-py3_linux-amd64.tar',
    )
    expect(nameOf('nvcr.io/nvidia/clara/monai-toolkit:1.0')).toBe(
      'nvcr.io_nvidia_clara_monai-toolkit_1.0_linux-amd64.tar',
    )
    expect(
      tarballName(parseReference('nvidia/cuda:12.4'), {
        ...amd64,
        architecture: 'arm64',
        variant: 'v8',
      }),
    ).toBe('nvcr.io_nvidia_cuda_12.4_linux-arm64-v8.tar')
  })

  it('carries a hash where it would be ambiguous', () => {
    const names = [
      'nvidia/a_b:1',
      'nvidia/a/b:1',
      'nvidia/a:b_1',
      'nvidia/a/b:A',
      'nvidia/a/b:a',
    ].map(nameOf)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    expect(nameOf('nvidia/a_b:1')).toMatch(/^nvcr\.io_nvidia_a_b_1_linux-amd64__[0-9a-f]{12}\.tar$/)
  })

  it('is never the same for two images, even where case does not count', () => {
    fc.assert(
      fc.property(reference, platform, reference, platform, (a, platformA, b, platformB) => {
        fc.pre(JSON.stringify([a, platformA]) !== JSON.stringify([b, platformB]))
        expect(tarballName(a, platformA).toLowerCase()).not.toBe(
          tarballName(b, platformB).toLowerCase(),
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('is legal on every file system', () => {
    fc.assert(
      fc.property(reference, platform, (image, system) => {
        const name = tarballName(image, system)
        expect(name).toMatch(/^[\w.-]+\.tar$/)
        expect(`${partName(name, 999)}.partial`.length).toBeLessThanOrEqual(200)
        expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i)
        expect(name).not.toMatch(/^[-.]/)
      }),
      { numRuns: 2000 },
    )
  })

  it('can be told from its parts and leftovers', () => {
    expect(parseFileName('a.tar')).toEqual({ name: 'a.tar', isPartial: false })
    expect(parseFileName('a.tar.partial')).toEqual({ name: 'a.tar', isPartial: true })
    expect(parseFileName('a.tar.012.partial')).toEqual({ name: 'a.tar', part: 12, isPartial: true })
    expect(parseFileName(partName('a.tar', 7))).toEqual({
      name: 'a.tar',
      part: 7,
      isPartial: false,
    })
    expect(parseFileName('photo.001')).toEqual({ name: 'photo.001', isPartial: false })
  })
})
