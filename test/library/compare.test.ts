import { expect, test } from 'vitest'
import { compareImages, missingList } from '../../main/library/compare.ts'
import { parseImageList, type NamedImage } from '../../main/library/image-list.ts'

const digest = (letter: string): `sha256:${string}` => `sha256:${letter.repeat(64)}`
const image = (tag: string, letter?: string, platform = 'linux/amd64'): NamedImage => ({
  reference: `nvcr.io/nvidia/pytorch:${tag}`,
  platform,
  ...(letter !== undefined && { digest: digest(letter) }),
})

test('what is missing, what differs and what is there besides is told apart', () => {
  const wanted = [image('24.01', 'a'), image('24.02', 'b'), image('24.03', 'c')]
  const found = [image('24.01', 'a'), image('24.02', 'd'), image('23.12', 'e')]
  expect(compareImages(wanted, found)).toEqual([
    { kind: 'differs', wanted: wanted[1], found: found[1] },
    { kind: 'missing', wanted: wanted[2] },
    { kind: 'extra', found: found[2] },
  ])
})

test('another platform of the same tag is another image', () => {
  expect(compareImages([image('24.01', 'a', 'linux/arm64')], [image('24.01', 'a')])).toHaveLength(2)
})

test('where one side knows no digest the name decides', () => {
  expect(compareImages([image('24.01')], [image('24.01', 'a')])).toEqual([])
})

test('the list of what is missing is read back as it was written', () => {
  const list = missingList(compareImages([image('24.01', 'a'), image('24.02')], []))
  expect(parseImageList(JSON.stringify(list), 'missing.json')).toEqual(list.images)
})

test.for(['', '{}', '[]', '{"version":2,"images":[]}', '{"version":1,"images":[{"reference":1}]}'])(
  'a file that is no such list is refused by its name: %s',
  (text) => {
    expect(() => parseImageList(text, 'missing.json')).toThrow('missing.json is not a list')
  },
)

test('an inventory is a list of what it holds whole and by name', () => {
  const whole = { ...image('24.01', 'a'), status: 'complete', file: 'a.tar', layers: [] }
  const images = [
    whole,
    { ...whole, reference: 'nvcr.io/nvidia/pytorch:24.02', status: 'torn' },
    { ...whole, reference: null },
    { ...whole, reference: '24.03' },
    { ...whole, platform: null, digest: null },
  ]
  expect(parseImageList(JSON.stringify({ images }), 'inventory.json')).toEqual([
    image('24.01', 'a'),
  ])
  expect(parseImageList(JSON.stringify({ rows: images }), 'inventory.json')).toHaveLength(1)
})
