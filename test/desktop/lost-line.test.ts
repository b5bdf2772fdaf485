import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../../main/api/errors.ts'
import { LostLine } from '../../main/desktop/transfers/lost-line.ts'
import { NetworkError } from '../../main/net/failure.ts'

const lost = new NetworkError('unreachable', 'The host could not be reached.')

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a lost line', () => {
  it('is looked for after a while, and once something comes over it, at once', () => {
    const look = vi.fn()
    const line = new LostLine(1000, look)
    expect(line.isToBlame('a', lost, 0)).toBe(true)
    expect([line.isLost, line.isToWait]).toEqual([true, true])
    vi.advanceTimersByTime(999)
    expect(look).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(look).toHaveBeenCalledOnce()
    expect([line.isLost, line.isToWait]).toEqual([true, false])
    line.back('a')
    expect(look).toHaveBeenCalledTimes(2)
    expect([line.isLost, line.isToWait]).toEqual([false, false])
  })

  it('is not to blame for other failures', () => {
    const line = new LostLine(1000, vi.fn())
    expect(line.isToBlame('a', new AppError('damaged', 'It is damaged.'), 0)).toBe(false)
    expect(line.isLost).toBe(false)
  })

  it('is not to blame any more when one job loses it five times and gets nothing, though others do', () => {
    const line = new LostLine(1000, vi.fn())
    const blames = (fetchedBytes = 0): boolean => {
      line.back('another')
      return line.isToBlame('a', lost, fetchedBytes)
    }
    expect([blames(), blames(), blames(), blames(), blames()]).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
    expect(line.isLost).toBe(false)
    line.forgive('a')
    expect(blames()).toBe(true)
    expect([blames(), blames(), blames(9), blames()]).toEqual([true, true, true, true])
  })
})
