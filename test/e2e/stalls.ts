import type { ElectronApplication, Locator, Page } from '@playwright/test'

/** The longest that nothing else could happen, in milliseconds: in main, and in the window. */
export type Stalls = { mainMs: number; windowMs: number; framesPerSecond: number }

/** Measures both processes while `action` runs. */
export async function stallsDuring(
  electron: ElectronApplication,
  page: Page,
  action: () => Promise<void>,
): Promise<Stalls> {
  await electron.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('perf_hooks')
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    Object.assign(globalThis, { delay })
  })
  await page.evaluate(() => {
    const watch = { longestMs: 0, frames: 0, begun: performance.now(), isOver: false }
    Object.assign(window, { watch })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        watch.longestMs = Math.max(watch.longestMs, duration)
    }).observe({ type: 'longtask' })
    const count = () => {
      watch.frames += 1
      if (!watch.isOver) requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  await action()
  const { windowMs, framesPerSecond } = await page.evaluate(() => {
    const { watch } = window as unknown as {
      watch: { longestMs: number; frames: number; begun: number; isOver: boolean }
    }
    watch.isOver = true
    const seconds = (performance.now() - watch.begun) / 1000
    return {
      windowMs: Math.round(watch.longestMs),
      framesPerSecond: Math.round(watch.frames / seconds),
    }
  })
  const mainMs = await electron.evaluate(() => {
    const { delay } = globalThis as unknown as { delay: { max: number; disable: () => void } }
    delay.disable()
    return Math.round(delay.max / 1e6)
  })
  return { mainMs, windowMs, framesPerSecond }
}

/** Goes through a list from its top, a page in every frame, for two seconds or to its end. */
export async function scrollThrough(list: Locator): Promise<void> {
  await list.evaluate(
    async (element) =>
      await new Promise<void>((ended) => {
        let frames = 0
        element.scrollTop = 0
        const step = () => {
          const before = element.scrollTop
          element.scrollTop += element.clientHeight
          frames += 1
          if (frames < 120 && element.scrollTop > before) requestAnimationFrame(step)
          else ended()
        }
        requestAnimationFrame(step)
      }),
  )
}
