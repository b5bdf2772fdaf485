import { describe, expect, test } from 'vitest'
import { boundsFor, firstState, windowState } from '../../main/electron/window-state.ts'

const laptop = { x: 0, y: 0, width: 1440, height: 860 }
const monitor = { x: 1440, y: -200, width: 2560, height: 1400 }

describe('a saved window state', () => {
  test('is read as it was written', () => {
    const state = { version: 1, x: 10, y: -20, width: 1000, height: 700, maximized: true }
    expect(windowState.parse(state)).toEqual(state)
    expect(windowState.parse(firstState)).toEqual(firstState)
  })

  test.each([
    ['of another version', { ...firstState, version: 2 }],
    ['without its size', { version: 1, maximized: false }],
    ['with a size of nothing', { ...firstState, width: 0 }],
    ['with half pixels', { ...firstState, x: 0.5 }],
    ['with a size beyond any screen', { ...firstState, height: 1e9 }],
    ['that is a list', []],
  ])('%s is damaged', (_what, state) => {
    expect(windowState.safeParse(state).success).toBe(false)
  })
})

describe('the window opens', () => {
  test('in the middle at first, where the system puts it', () => {
    expect(boundsFor(firstState, [laptop])).toEqual({ width: 1280, height: 800 })
  })

  test('where it was, on either screen', () => {
    const state = { ...firstState, x: 1500, y: -100, width: 2000, height: 1300 }
    expect(boundsFor(state, [laptop, monitor])).toEqual({
      x: 1500,
      y: -100,
      width: 2000,
      height: 1300,
    })
  })

  test('on the screen that is left, no larger than it, when the other was unplugged', () => {
    const state = { ...firstState, x: 1500, y: -100, width: 2000, height: 1300 }
    expect(boundsFor(state, [laptop])).toEqual({ width: 1440, height: 860 })
  })

  test('elsewhere when its title bar could not be grabbed where it was', () => {
    expect(boundsFor({ ...firstState, x: 1400, y: 10 }, [laptop])).not.toHaveProperty('x')
    expect(boundsFor({ ...firstState, x: 10, y: -30 }, [laptop])).not.toHaveProperty('y')
  })

  test('no smaller than its views can be used', () => {
    const state = { ...firstState, width: 300, height: 300 }
    expect(boundsFor(state, [laptop])).toEqual({ width: 800, height: 600 })
  })
})
