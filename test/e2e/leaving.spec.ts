import type { ElectronApplication } from '@playwright/test'
import { expect, launch, type Application } from './application.ts'
import { Operator, test } from './operator.ts'

test('while transfers run, quitting is asked for, and what was cut off goes on at the next start', async ({
  userData,
  folder,
}) => {
  const first = await launch(userData)
  await underWay(first, folder)
  const asked = await willAnswer(first.electron, 'Keep running')
  await quit(first.electron)
  await expect.poll(asked).toEqual(['Transfers are running.'])
  await expect(new Operator(first).transfers.first()).toContainText('Downloading')
  await willAnswer(first.electron, 'Quit')
  const ended = first.electron.waitForEvent('close')
  await quit(first.electron)
  await ended

  const second = await launch(userData)
  const after = new Operator(second)
  await after.change({ limitBytesPerSecond: null })
  await after.view('Transfers')
  await expect(after.safe).toBeVisible({ timeout: 20_000 })
  // With nothing running there is no question that could keep it.
  await willAnswer(second.electron, 'Keep running')
  const left = second.electron.waitForEvent('close')
  await quit(second.electron)
  await left
})

test('the system is kept awake, shows how far it is, and is told of the end', async ({
  own,
  folder,
}) => {
  const { electron } = own
  await watchSystem(electron)
  const operator = await underWay(own, folder)
  await expect.poll(async () => (await seen(electron)).isAwake).toBe(true)
  await expect.poll(async () => (await seen(electron)).bar).toBeGreaterThan(0)
  expect((await seen(electron)).notifications).toEqual([])
  await operator.change({ limitBytesPerSecond: null })
  await expect(operator.safe).toBeVisible({ timeout: 20_000 })
  await expect
    .poll(async () => await seen(electron))
    .toEqual({ isAwake: false, bar: -1, notifications: ['1 image saved. Safe to unplug.'] })
})

async function underWay(application: Application, folder: string): Promise<Operator> {
  const operator = new Operator(application)
  await operator.practise()
  await operator.change({ limitBytesPerSecond: 1_000_000 })
  await operator.pickTags('pytorch', '24.05-py3')
  await operator.planFor(folder)
  await operator.start()
  await expect(operator.transfers.first()).toContainText('Downloading')
  return operator
}

/** The next questions are answered by this button; gives what was asked. */
async function willAnswer(
  electron: ElectronApplication,
  button: 'Quit' | 'Keep running',
): Promise<() => Promise<string[]>> {
  await electron.evaluate(({ dialog }, label) => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    const answer = async (_window: unknown, options: Electron.MessageBoxOptions) => {
      asked.push(options.message)
      return await Promise.resolve({
        response: options.buttons?.indexOf(label) ?? -1,
        checkboxChecked: false,
      })
    }
    Object.assign(dialog, { showMessageBox: answer })
  }, button)
  return async () =>
    await electron.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)
}

/** Returns before the process is gone. */
async function quit(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ app }) => void setImmediate(() => app.quit()))
}

type Seen = { isAwake: boolean; bar: number; notifications: string[] }

/** Notes what the application shows outside of its window, which no test can see. */
async function watchSystem(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ BrowserWindow, Notification, powerSaveBlocker }) => {
    const shown: Seen = { isAwake: false, bar: -1, notifications: [] }
    Object.assign(globalThis, { shown })
    const start = powerSaveBlocker.start.bind(powerSaveBlocker)
    const stop = powerSaveBlocker.stop.bind(powerSaveBlocker)
    Object.assign(powerSaveBlocker, {
      start: (type: 'prevent-app-suspension') => {
        const id = start(type)
        shown.isAwake = powerSaveBlocker.isStarted(id)
        return id
      },
      stop: (id: number) => {
        stop(id)
        shown.isAwake = powerSaveBlocker.isStarted(id)
      },
    })
    const [window] = BrowserWindow.getAllWindows()
    Object.assign(window ?? {}, {
      isFocused: () => false,
      setProgressBar: (part: number) => (shown.bar = part),
    })
    Object.assign(Notification, { isSupported: () => true })
    Object.assign(Notification.prototype, {
      show(this: Electron.Notification) {
        shown.notifications.push(this.body)
      },
    })
  })
}

async function seen(electron: ElectronApplication): Promise<Seen> {
  return await electron.evaluate(() => (globalThis as unknown as { shown: Seen }).shown)
}
