import { describe, expect, test } from 'vitest'
import { monthOf, newestFirst, parseMonth, versionOf } from '../../main/selection/version.ts'

describe('the month at the head of a tag', () => {
  test.each([
    ['18.04-py2', 18, 4],
    ['18.9', 18, 9],
    ['20.03.1-py3', 20, 3],
    ['24.12', 24, 12],
  ])('%s is a monthly release', (tag, year, month) => {
    expect(monthOf(tag)).toEqual({ year, month })
  })

  test.each([
    '12.10.0-base',
    '10.2-cudnn7',
    '11.0-base',
    'latest',
    'r32.4.2-tf1.15-py3',
    '18.13-py3',
    '180.04',
    '18',
    '24.055',
  ])('%s is not', (tag) => {
    expect(monthOf(tag)).toBeUndefined()
  })

  test.each(['abc', '18', '18.00', '18.13', '1.1', '18.04-py3', '', '-18.04'])(
    '“%s” is no month by itself',
    (text) => {
      expect(parseMonth(text)).toBeUndefined()
    },
  )
})

test('tags sort newest first by their numeric parts, and those without a version come last', () => {
  const tags = ['latest', '18.9-py3', '24.01-py3', '18.10-py3', '24.01-py2', '18.12-py3']
  expect(tags.toSorted(newestFirst)).toEqual([
    '24.01-py2',
    '24.01-py3',
    '18.12-py3',
    '18.10-py3',
    '18.9-py3',
    'latest',
  ])
  expect(['12.4.1-base', '12.10.0-base', '12.4-base'].toSorted(newestFirst)).toEqual([
    '12.10.0-base',
    '12.4.1-base',
    '12.4-base',
  ])
  expect(['r32.4-py3', 'r32.12-py3'].toSorted(newestFirst)).toEqual(['r32.12-py3', 'r32.4-py3'])
})

test('the flavours of a version are one version', () => {
  expect(versionOf('24.05-py3')).toBe(versionOf('24.05-py2'))
  expect(versionOf('24.05-py3')).not.toBe(versionOf('24.04-py3'))
  expect(versionOf('latest')).toBe('latest')
})
