import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { chromium, type Page } from '@playwright/test'
import type { CleanSystem } from './clean-system.ts'

/** The installed application, as it is sold: its fuses let nobody but its own debugging port look inside. */
export interface InstalledWindow {
  readonly page: Page
  readonly process: ChildProcess
  /** From the start of the process to a window with content. */
  readonly startMs: number
  /** Closes the window as its user does; gives the exit code. */
  close(): Promise<number | null>
}

export async function openInstalled(
  system: CleanSystem,
  program: string,
): Promise<InstalledWindow> {
  const begun = performance.now()
  const display = process.env['DISPLAY']
  if (display === undefined) throw new Error('There is no display.')
  const child = system.start('exporter', [program, '--remote-debugging-port=0'], {
    DISPLAY: display,
  })
  const browser = await chromium.connectOverCDP(await debuggingAddress(child))
  const [context] = browser.contexts()
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
  if (page === undefined) throw new Error('The application has no window.')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const startMs = Math.round(performance.now() - begun)
  return {
    page,
    process: child,
    startMs,
    async close() {
      const ended = once(child, 'exit')
      await page.close()
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}

/** Chromium names it on standard error; what it says besides is kept for when it does not. */
async function debuggingAddress({ stderr }: ChildProcess): Promise<string> {
  const said: string[] = []
  if (stderr) {
    for await (const line of createInterface({ input: stderr })) {
      const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1]
      if (address !== undefined) {
        stderr.resume()
        return address
      }
      said.push(line)
    }
  }
  throw new Error(`The application ended without a window:\n${said.join('\n')}`)
}
