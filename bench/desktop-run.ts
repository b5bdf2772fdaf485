import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { launch, type Application } from '../test/e2e/application.ts'
import { Operator } from '../test/e2e/operator.ts'
import type { TransfersView } from '../main/api/shapes.ts'
import { daemonsOf } from './measure.ts'

// `node desktop-run.ts HOST FOLDER REFERENCE…`: an operator saves these images with the built application, which begins
// with nothing kept. Prints what that took, as JSON: see `printed` in sections/desktop.ts.
const [host, folder, ...references] = process.argv.slice(2) as [string, string, ...string[]]
const userData = await mkdtemp(join(tmpdir(), 'bench-desktop-'))
try {
  const application = await launch(userData)
  try {
    process.stdout.write(`${JSON.stringify(await save(application))}\n`)
  } finally {
    await application.electron.close()
  }
} finally {
  await rm(userData, { recursive: true, force: true })
}

async function save(application: Application): Promise<object> {
  const { electron, page } = application
  const operator = new Operator(application)
  const origin = `http://${host}`
  await operator.change({ site: { catalog: origin, auth: origin, registry: origin, dgx: origin } })
  await page.getByRole('button', { name: 'Browse as guest' }).click()
  await operator.paste(references.join('\n'))
  await operator.planFor(folder)
  const main = electron.process().pid!
  const processes = daemonsOf(async () => await processesOf(electron))
  const before = await processes.read()
  await forgetPeak(main)
  const idleBytes = await memoryOf(main, 'VmRSS')
  await watchEventLoop(electron)
  const saved = page.evaluate(allDone, references.length)
  const begun = performance.now()
  await page.getByRole('button', { name: /^Start/ }).click()
  await saved
  const seconds = (performance.now() - begun) / 1000
  const delay = await eventLoopDelay(electron)
  const after = await processes.read()
  return {
    seconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    idleBytes,
    peakBytes: await memoryOf(main, 'VmHWM'),
    delay,
  }
}

/** In the window: hears when that many transfers are done. Looking at the page again and again would be a load of its own. */
function allDone(count: number): Promise<void> {
  return new Promise((resolve) => {
    window.replicator.listen((name, payload) => {
      if (name !== 'transfers.changed') return
      const { rows } = payload as TransfersView
      if (rows.filter(({ phase }) => phase === 'done').length === count) resolve()
    })
  })
}

/** The application's processes: main, the window's, and Chromium's own. */
async function processesOf(electron: ElectronApplication): Promise<number[]> {
  return await electron.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid))
}

async function watchEventLoop(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('perf_hooks')
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    Object.assign(globalThis, { delay })
  })
}

async function eventLoopDelay(
  electron: ElectronApplication,
): Promise<{ p50Ms: number; p99Ms: number; mostMs: number }> {
  return await electron.evaluate(() => {
    const { delay } = globalThis as unknown as {
      delay: { max: number; disable(): void; percentile(percent: number): number }
    }
    delay.disable()
    return {
      p50Ms: delay.percentile(50) / 1e6,
      p99Ms: delay.percentile(99) / 1e6,
      mostMs: delay.max / 1e6,
    }
  })
}

/** proc(5): 5 sets VmHWM back to what is used now. Only for the superuser; elsewhere the peak is the application's whole life's. */
async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined)
}

async function memoryOf(pid: number, which: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024
}
