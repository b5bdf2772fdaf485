import { expect, test } from 'vitest'
import type { Index } from '../../main/registry/manifest.ts'
import {
  choose,
  formatPlatform,
  imagesOf,
  matches,
  parsePlatform,
} from '../../main/registry/platform.ts'

function indexOf(...platforms: string[]): Index {
  return {
    schemaVersion: 2,
    manifests: platforms.map((platform, at) => {
      const [os = '', architecture = '', variant] = platform.split('/')
      return {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: `sha256:${String(at).padStart(64, '0')}`,
        size: 1,
        platform: { os, architecture, ...(variant && { variant }) },
      }
    }),
  }
}

const chosen = (index: Index, wanted: string): string => {
  const choice = choose(index, parsePlatform(wanted))
  return choice.kind === 'none'
    ? `none of ${choice.offered.map(formatPlatform).join(' ')}`
    : `${choice.kind} ${formatPlatform(choice.child.platform)}`
}

test.each([
  [['linux/amd64', 'linux/arm64'], 'linux/arm64', 'match linux/arm64'],
  [['linux/arm64/v8', 'linux/amd64'], 'linux/arm64', 'match linux/arm64/v8'],
  [['linux/arm64'], 'linux/arm64/v8', 'match linux/arm64'],
  [['linux/amd64/v3', 'linux/amd64'], 'linux/amd64', 'match linux/amd64'],
  [['linux/arm/v5', 'linux/arm/v7'], 'linux/arm', 'match linux/arm/v7'],
  [['linux/amd64', 'unknown/unknown'], 'linux/arm64', 'only linux/amd64'],
  [['linux/amd64', 'linux/ppc64le'], 'linux/arm64', 'none of linux/amd64 linux/ppc64le'],
  [['unknown/unknown'], 'linux/amd64', 'none of '],
  [['windows/amd64', 'linux/amd64'], 'linux/x86_64', 'match linux/amd64'],
])('of %j, %s is %s', (platforms, wanted, expected) => {
  expect(chosen(indexOf(...platforms), wanted)).toBe(expected)
})

test('attestations are no images, and a platform that is listed twice is one', () => {
  const index = indexOf('linux/amd64', 'unknown/unknown', 'windows/amd64', 'windows/amd64')
  expect(imagesOf(index).map(({ platform }) => formatPlatform(platform))).toEqual([
    'linux/amd64',
    'windows/amd64',
  ])
})

test('a variant that is asked for must be there', () => {
  const arm = { os: 'linux', architecture: 'arm', variant: 'v7' }
  expect(matches(arm, parsePlatform('linux/arm/v6'))).toBe(false)
  expect(matches(arm, parsePlatform('linux/arm'))).toBe(true)
})

test.each(['amd64', 'linux/', 'linux/amd64/v1/x', 'linux/am d64', ''])(
  '“%s” is not a platform',
  (text) => {
    expect(() => parsePlatform(text)).toThrow('is not a platform')
  },
)
