import type { ElectronApplication, Page } from '@playwright/test'
import type { CallName, Events, Output } from '../../main/api/contract.ts'

export type Answers = {
  [Name in CallName]?: Output<Name> | { fails: { message: string; hint?: string } } | 'never'
}

/** Answers calls from a script of values, in main, and draws the page anew: for faces that are hard to come by. */
export async function stage(
  electron: ElectronApplication,
  page: Page,
  answers: Answers,
): Promise<void> {
  await electron.evaluate(({ BrowserWindow, ipcMain }, given) => {
    // What main itself has to say, such as the drives of this machine, would talk into the play.
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (contents && !Object.hasOwn(contents, 'send')) {
      const send = contents.send.bind(contents)
      contents.send = (channel: string, ...words: unknown[]) => {
        if (channel === 'staged') send('event', ...words)
      }
    }
    ipcMain.removeHandler('call')
    const calls: [string, unknown][] = []
    Object.assign(globalThis, { stagedCalls: calls })
    ipcMain.handle('call', (_event, name: string, input: unknown) => {
      calls.push([name, input])
      const answer = (given as Record<string, unknown>)[name]
      if (answer === 'never') return new Promise(() => {})
      if (answer !== null && typeof answer === 'object' && 'fails' in answer)
        return { ok: false, error: { code: 'network', ...(answer.fails as object) } }
      return { ok: true, value: answer }
    })
  }, answers)
  await page.reload()
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
}

/** What the window has asked since the scene was staged. */
export async function callsOf(
  electron: ElectronApplication,
): Promise<[name: string, input: unknown][]> {
  return await electron.evaluate(
    () => (globalThis as { stagedCalls?: [string, unknown][] }).stagedCalls ?? [],
  )
}

/** Says an event as main does. */
export async function announce<Name extends keyof Events>(
  electron: ElectronApplication,
  name: Name,
  payload: Events[Name],
): Promise<void> {
  await electron.evaluate(
    ({ BrowserWindow }, event) => {
      BrowserWindow.getAllWindows()[0]?.webContents.send('staged', event.name, event.payload)
    },
    { name, payload },
  )
}
