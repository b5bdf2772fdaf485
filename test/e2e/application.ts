import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test'
import { electronArguments } from '../../scripts/runtime/launch.ts'

export type Application = {
  electron: ElectronApplication
  page: Page
  userData: string
  /** From the start of the process to a page that can be read. */
  startMs: number
}

/**
 * Tests with the built application. `application` and `page` are shared by all tests of a file that leave
 * it as they found it; `own` is fresh, on a user folder of its own, for those that do not.
 */
export const test = base.extend<
  { own: Application; userData: string; page: Page },
  { folderPrefix: string; application: Application }
>({
  folderPrefix: ['ngc-replicator-e2e-', { option: true, scope: 'worker' }],
  application: [
    async ({ folderPrefix }, use) =>
      await inFolder(folderPrefix, async (folder) => await running(folder, use)),
    { scope: 'worker' },
  ],
  page: async ({ application }, use) => await use(application.page),
  userData: async ({ folderPrefix }, use) => await inFolder(folderPrefix, use),
  own: async ({ userData }, use) => await running(userData, use),
})

export { expect } from '@playwright/test'

/**
 * The application on `userData`, shown and readable. `asked` are folders or tarballs to open; `program` is what starts
 * Electron, where it is not started directly.
 */
export async function launch(
  userData: string,
  { asked = [], program }: { asked?: readonly string[]; program?: string } = {},
): Promise<Application> {
  const begun = performance.now()
  // Without a program Playwright starts the Electron of its own choice, which runtime.ts makes ours: then the application
  // waits until the debugger is there. Given a program it does not, and on busy cores that attaches too late, for ever.
  const electron = await _electron.launch({
    ...(program !== undefined && { executablePath: program }),
    args: applicationArguments(userData, ...asked),
  })
  const page = await electron.firstWindow()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { electron, page, userData, startMs: Math.round(performance.now() - begun) }
}

/** The program that the runtime script has provided. */
export function executable(): string {
  const path = process.env['NGC_REPLICATOR_TEST_ELECTRON']
  if (path === undefined) throw new Error('The runtime was not provided.')
  return path
}

/** How the application is started; `userData` is also what it is the only instance of, `asked` what it is to open. */
export function applicationArguments(userData: string, ...asked: string[]): string[] {
  return [...electronArguments(), `--user-data-dir=${userData}`, '.', ...asked]
}

async function running(
  userData: string,
  use: (application: Application) => Promise<void>,
): Promise<void> {
  const application = await launch(userData)
  try {
    await use(application)
  } finally {
    await application.electron.close()
  }
}

async function inFolder(prefix: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
