import { expect, test } from 'vitest'
import { formatReference, parseReference } from '../../main/registry/reference.ts'
import { isSignatureTag, signatureTagOf } from '../../main/registry/tag.ts'

const hex = '0123456789abcdef'.repeat(4)

test.each([
  ['nvcr.io/nvidia/pytorch:24.01-py3', 'nvcr.io/nvidia/pytorch:24.01-py3'],
  ['nvidia/pytorch:24.01-py3', 'nvcr.io/nvidia/pytorch:24.01-py3'],
  ['localhost:5000/a:b', 'localhost:5000/a:b'],
  ['[::1]:5000/a/b:c', '[::1]:5000/a/b:c'],
  ['DOCKER.IO/library/busybox:1', 'docker.io/library/busybox:1'],
  [`nvcr.io/a/b@sha256:${hex}`, `nvcr.io/a/b@sha256:${hex}`],
])('%s is %s', (text, full) => {
  expect(formatReference(parseReference(text))).toBe(full)
})

test.each([
  'nvidia/pytorch',
  'nvidia/PyTorch:1',
  'a:b:c',
  'a/../b:1',
  'a@sha256:12',
  'http://a/b:c',
  '',
])('“%s” is refused', (text) => {
  expect(() => parseReference(text)).toThrow('is not an image reference')
})

test('tags of signatures are told from tags of images', () => {
  expect(signatureTagOf(`sha256:${hex}`)).toBe(`sha256-${hex}.sig`)
  const tags = [`sha256-${hex}.sig`, `sha256-${hex}.att`, `sha256-${hex}.vex`, `sha256-${hex}`]
  expect(tags.map(isSignatureTag)).toEqual([true, true, true, true])
  expect(['24.01-py3', 'sha256-abc.sig', 'latest'].map(isSignatureTag)).toEqual([
    false,
    false,
    false,
  ])
})
