import { describe, expect, test } from 'vitest'
import type { RepositoryRow } from '../../main/api/shapes.ts'
import { choicesOf, filtered, noFilters } from '../../renderer/views/catalogue/browse.ts'
import { pathOf } from '../../renderer/components/graph-path.ts'

function row(path: string, part: Partial<RepositoryRow> = {}): RepositoryRow {
  return { path, isSigned: false, isPrivate: false, isMultiArchitecture: false, ...part }
}

const rows = [
  row('nvidia/pytorch', { displayName: 'PyTorch', publisher: 'Meta', isSigned: true }),
  row('nvidia/clara/monai', { publisher: 'NVIDIA' }),
  row('nim/llama', { shortDescription: 'Chat in many words' }),
]
const paths = (part: Partial<typeof noFilters>) =>
  filtered(rows, { ...noFilters, ...part }).map(({ path }) => path)

describe('the catalogue', () => {
  test('is filtered by each and by all', () => {
    expect(paths({})).toHaveLength(3)
    expect(paths({ project: 'nvidia' })).toEqual(['nvidia/pytorch', 'nvidia/clara/monai'])
    expect(paths({ team: 'clara' })).toEqual(['nvidia/clara/monai'])
    expect(paths({ publisher: 'Meta' })).toEqual(['nvidia/pytorch'])
    expect(paths({ isSigned: true, search: 'torch' })).toEqual(['nvidia/pytorch'])
    expect(paths({ search: 'words chat' })).toEqual(['nim/llama'])
    expect(paths({ project: 'nim', isSigned: true })).toEqual([])
  })
  test('offers what there is to filter by', () => {
    expect(choicesOf(rows, 'nim')).toEqual({
      projects: ['nim', 'nvidia'],
      teams: [],
      publishers: ['Meta', 'NVIDIA'],
    })
    expect(choicesOf(rows, null).teams).toEqual(['clara'])
  })
  test('of 5,000 is filtered within a frame', () => {
    const many = Array.from({ length: 5000 }, (_, index) => row(`nvidia/sample-${index}`))
    const begun = performance.now()
    expect(filtered(many, { ...noFilters, search: 'sample-4999' })).toHaveLength(1)
    expect(performance.now() - begun).toBeLessThan(200)
  })
})

test('the graph of speed ends at its right edge and has no line of one point', () => {
  expect(pathOf([1], 1, 24)).toBe('')
  expect(pathOf([0, 10], 10, 24)).toBe('M119,23.00 L120,1.00')
})
