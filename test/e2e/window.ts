import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ElectronApplication, Page } from '@playwright/test'
import { electronArguments } from '../../scripts/runtime/launch.ts'
import { applicationArguments, executable, expect, type Application } from './application.ts'

export async function isVisible(electron: ElectronApplication): Promise<boolean> {
  return await electron.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false,
  )
}

export async function resize(
  electron: ElectronApplication,
  width: number,
  height: number,
): Promise<void> {
  await electron.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setSize(size.width, size.height)
    },
    { width, height },
  )
  const size = async () =>
    await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getSize())
  await expect.poll(size).toEqual([width, height])
}

/** Starts the same application on the same user folder; resolves when that process has ended well. */
export async function startAgain({ userData }: Application, ...asked: string[]): Promise<void> {
  await promisify(execFile)(executable(), applicationArguments(userData, ...asked))
}

/** How long Electron takes to start and say its version, in milliseconds. */
export async function startBare(): Promise<number> {
  const begun = performance.now()
  await promisify(execFile)(executable(), [...electronArguments(), '--version'])
  return Math.round(performance.now() - begun)
}

/** One window, at its own page, with its heading; a frame in it has come no further than an error page. */
export async function expectToHaveStayed(electron: ElectronApplication): Promise<void> {
  // Asked of main: Playwright itself would wait for the navigations that were begun and denied.
  const windows = await electron.evaluate(
    async ({ BrowserWindow }) =>
      await Promise.all(
        BrowserWindow.getAllWindows().map(async ({ webContents }) => ({
          url: webContents.getURL(),
          frames: webContents.mainFrame.frames.map((frame) => frame.origin),
          headings: (await webContents.executeJavaScript(
            'document.querySelectorAll("h1").length',
          )) as number,
        })),
      ),
  )
  expect(windows).toEqual([{ url: 'app://replicator/index.html', frames: ['null'], headings: 1 }])
}

/** Drops what is at `path`, as a file manager does: only the debugger can give a page files of the system. */
export async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
}
