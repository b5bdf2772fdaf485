import { describe, expect, test } from 'vitest'
import { insecureHostsOf, mapReference, parsePushTarget } from '../../main/delivery/push-target.ts'
import { formatReference, parseReference } from '../../main/registry/reference.ts'

const pytorch = parseReference('nvcr.io/nvidia/pytorch:24.01-py3')
const mapped = (to: string): string => formatReference(mapReference(pytorch, parsePushTarget(to)))
const plain = (to: string, isAllowed = false): string[] =>
  insecureHostsOf(parsePushTarget(to), isAllowed)

describe('a place in a registry', () => {
  test.each([
    ['registry.example:5000', 'registry.example:5000/nvidia/pytorch:24.01-py3'],
    ['registry.example/', 'registry.example/nvidia/pytorch:24.01-py3'],
    ['Registry.Example/ngc/mirror', 'registry.example/ngc/mirror/nvidia/pytorch:24.01-py3'],
    ['https://registry.example/ngc/', 'registry.example/ngc/nvidia/pytorch:24.01-py3'],
    ['http://registry:5000', 'registry:5000/nvidia/pytorch:24.01-py3'],
    ['localhost', 'localhost/nvidia/pytorch:24.01-py3'],
    ['[::1]:5000/x', '[::1]:5000/x/nvidia/pytorch:24.01-py3'],
  ])('%s becomes part of the name', (to, name) => {
    expect(mapped(to)).toBe(name)
  })

  test.each([
    'registry',
    '',
    'registry.example/Upper',
    'registry.example/a//b',
    'registry.example:port',
    'registry.example/a b',
    'ftp://registry.example',
    'registry.example/a:1',
  ])('“%s” is none', (to) => {
    expect(() => parsePushTarget(to)).toThrow(/no place in a registry/)
  })

  test('with a password in it is refused without repeating it', () => {
    expect(() => parsePushTarget('https://me:hunter2@registry.example')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }),
    )
  })

  test('a digest alone stays a digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const reference = parseReference(`nvcr.io/nvidia/pytorch@${digest}`)
    expect(formatReference(mapReference(reference, parsePushTarget('r.example/x')))).toBe(
      `r.example/x/nvidia/pytorch@${digest}`,
    )
  })

  test('is spoken to without TLS only on this computer, or when asked', () => {
    expect(plain('registry.example:5000')).toEqual([])
    expect(plain('https://registry.example:5000')).toEqual([])
    expect(plain('127.0.0.1:5000')).toEqual(['127.0.0.1:5000'])
    expect(plain('http://registry.example:5000')).toEqual(['registry.example:5000'])
    expect(plain('registry.example:5000', true)).toEqual(['registry.example:5000'])
  })
})
