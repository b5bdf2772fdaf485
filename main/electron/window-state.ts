import { z } from 'zod'

/** Where the window was: on the screen as it is when not maximised. */
export const windowState = z.object({
  version: z.literal(1),
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(200).max(20_000),
  height: z.int().min(200).max(20_000),
  maximized: z.boolean(),
})

export type WindowState = z.output<typeof windowState>
export type Area = { x: number; y: number; width: number; height: number }

export const smallest = { width: 800, height: 600 }

export const firstState: WindowState = { version: 1, width: 1280, height: 800, maximized: false }

/**
 * The bounds to open with. A screen may be gone or smaller since: the position is kept only where enough
 * of the title bar shows to be grabbed, and the size is never larger than the screen it opens on.
 */
export function boundsFor(state: WindowState, screens: readonly Area[]): Partial<Area> {
  const { x, y } = state
  const screen =
    x === undefined || y === undefined
      ? undefined
      : screens.find((area) => shows(area, x, y, state.width))
  const room = screen ?? screens[0] ?? state
  const size = {
    width: Math.min(Math.max(state.width, smallest.width), Math.max(room.width, 200)),
    height: Math.min(Math.max(state.height, smallest.height), Math.max(room.height, 200)),
  }
  return screen && x !== undefined && y !== undefined ? { x, y, ...size } : size
}

const grip = { width: 120, height: 40 }

function shows(area: Area, x: number, y: number, width: number): boolean {
  const visible = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
  return visible >= grip.width && y >= area.y && y <= area.y + area.height - grip.height
}
