import { describe, expect, test } from 'vitest'
import { whyStill } from '../../renderer/views/transfers/phase.ts'
import { full, idle, occupied, offline, running } from '../e2e/staged/transfers.ts'

describe('why a queue stands still', () => {
  test('is the network, another run, or a full drive', () => {
    expect(whyStill(offline)).toBe('Waiting for the network')
    expect(whyStill(occupied)).toBe('Waiting for another run')
    expect(whyStill(full)).toBe('The drive is full')
  })
  test('is a full drive for those as well that wait their turn', () => {
    const [first] = full.rows
    const behind = { ...first!, id: '2', phase: 'waiting' } as const
    expect(whyStill({ ...full, rows: [first!, behind] })).toBe('The drive is full')
    expect(whyStill({ ...full, rows: [first!, { ...behind, phase: 'downloading' }] })).toBe(
      undefined,
    )
  })
  test('is nothing while it moves, or has nothing to do', () => {
    expect(whyStill(running)).toBe(undefined)
    expect(whyStill({ ...idle, isOffline: true })).toBe(undefined)
  })
})
