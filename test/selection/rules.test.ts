import { describe, expect, test } from 'vitest'
import {
  cudaFirst,
  parseMinVersion,
  selectsRepository,
  selectTags,
  type Rules,
} from '../../main/selection/rules.ts'

const everything: Rules = { projects: ['nvidia'], images: [], strictNameMatch: false, exclude: [] }
const select = (rules: Partial<Rules>, tags: string[], path = 'nvidia/pytorch'): string[] =>
  selectTags(
    { ...everything, ...rules },
    path,
    tags.map((tag) => ({ tag })),
  ).map(({ tag }) => tag)

describe('repositories', () => {
  test.each<[string, Partial<Rules>, string, boolean]>([
    ['the project itself', {}, 'nvidia/pytorch', true],
    ['a team below the project', {}, 'nvidia/clara/monai-toolkit', true],
    ['another project', {}, 'nvidian/pytorch', false],
    ['a team as project', { projects: ['nvidia/clara'] }, 'nvidia/clara/monai-toolkit', true],
    ['a team as project, another team', { projects: ['nvidia/clara'] }, 'nvidia/pytorch', false],
    ['a substring of the name', { images: ['tensorflow'] }, 'nvidia/l4t-tensorflow', true],
    ['a substring across the slash', { images: ['dia/tensor'] }, 'nvidia/tensorrt', true],
    ['another case', { images: ['TensorFlow'] }, 'nvidia/tensorflow', false],
    [
      'strict: the name itself',
      { images: ['tensorflow'], strictNameMatch: true },
      'nvidia/tensorflow',
      true,
    ],
    [
      'strict: more than the name',
      { images: ['tensorflow'], strictNameMatch: true },
      'nvidia/l4t-tensorflow',
      false,
    ],
    ['excluded by a substring', { exclude: ['l4t'] }, 'nvidia/l4t-tensorflow', false],
    ['excluded by a pattern', { exclude: ['nvidia/l4t-*'] }, 'nvidia/l4t-tensorflow', false],
    ['a pattern for something else', { exclude: ['l4t-*'] }, 'nvidia/l4t-tensorflow', true],
  ])('%s', (_, rules, path, selected) => {
    expect(selectsRepository({ ...everything, ...rules }, path)).toBe(selected)
  })
})

describe('tags', () => {
  const minVersion = parseMinVersion('18.10')

  test('below the minimum are left out; 18.9 is September', () => {
    expect(select({ minVersion }, ['18.9-py3', '18.10-py3', '17.12-py3', '19.01-py3'])).toEqual([
      '19.01-py3',
      '18.10-py3',
    ])
  })

  test('that do not begin with a month always pass the minimum', () => {
    expect(
      select({ minVersion }, ['latest', '12.10.0-base', 'r32.4.2-py3'], 'nvidia/cuda').toSorted(),
    ).toEqual(['12.10.0-base', 'latest', 'r32.4.2-py3'])
  })

  test('without the Python version are left out, with no other filter needed', () => {
    expect(select({ pyVersion: 'py3' }, ['18.04-py2', '18.04-py3', 'latest'])).toEqual([
      '18.04-py3',
    ])
  })

  test('of signatures are never images', () => {
    const hex = 'a'.repeat(64)
    expect(
      select({}, [`sha256-${hex}.sig`, `sha256-${hex}.att`, `sha256-${hex}`, '24.01']),
    ).toEqual(['24.01'])
  })

  test('of the newest versions are taken with all their flavours', () => {
    const tags = ['18.9-py3', '18.10-py2', '18.10-py3', '18.08-py3', 'latest']
    expect(select({ latest: 2 }, tags)).toEqual(['18.10-py2', '18.10-py3', '18.9-py3'])
    expect(select({ latest: 1, pyVersion: 'py3' }, tags)).toEqual(['18.10-py3'])
  })

  test('can be excluded with their repository, by substring or pattern', () => {
    const tags = ['24.01-py3', '24.01-py3-igpu', '24.02-py3']
    expect(select({ exclude: ['igpu'] }, tags)).toEqual(['24.02-py3', '24.01-py3'])
    expect(select({ exclude: ['*/pytorch:24.01-*'] }, tags)).toEqual(['24.02-py3'])
    expect(select({ exclude: ['nvidia/pytorch:24.0?-py3'] }, tags)).toEqual(['24.01-py3-igpu'])
  })
})

test.each(['abc', '18', '18.13', '18.04-py3', ''])('the minimum “%s” is refused', (text) => {
  expect(() => parseMinVersion(text)).toThrow(/is not a version to begin with/)
})

test('CUDA comes first, and the rest keeps its order', () => {
  const paths = ['nvidia/b', 'nvidia/cuda', 'nvidia/a', 'other/cuda'].map((path) => ({ path }))
  expect(cudaFirst(paths).map(({ path }) => path)).toEqual([
    'nvidia/cuda',
    'other/cuda',
    'nvidia/b',
    'nvidia/a',
  ])
})
