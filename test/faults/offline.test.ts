import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startSandbox, type Sandbox } from '../../main/sandbox/sandbox.ts'
import { eventsOf, jsonLines, runCli, type Finished } from '../support/cli.ts'
import { startLine, victim, type Line } from './line.ts'
import { sendBeginning } from './misbehaviours.ts'

let folder: string
let sandbox: Sandbox
let line: Line

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offline-'))
  sandbox = await startSandbox()
  line = await startLine(sandbox)
  const { origin: registry } = line.site.registry
  await writeFile(join(folder, 'site.json'), JSON.stringify({ ...sandbox.site, registry }))
})
afterAll(async () => {
  await Promise.all([sandbox.close(), line.close()])
  await rm(folder, { recursive: true })
})

function save(
  into: string,
  wait: string,
  started: (child: ChildProcess) => void,
): Promise<Finished> {
  const where = ['--site', join(folder, 'site.json'), '--output-path', join(folder, into)]
  const args = [`${victim}:24.05-py3`, ...where, '--offline-wait', wait, '--json', '--verbose']
  return runCli(args, { started, env: { NGC_REPLICATOR_API_KEY: sandboxKeys.personal } })
}

/** The line goes when so many runs have planned, and as many layers are under way. Returns what hears of each run. */
function cutWhenUnderWay(runs: number): (child: ChildProcess) => void {
  let begun = 0
  const planned = new Set<ChildProcess>()
  const cutInTime = (): void => {
    if (planned.size === runs && begun >= runs) line.cut()
  }
  line.always = async (response, right) => {
    await sendBeginning(response, right)
    begun += 1
    cutInTime()
  }
  return (child) =>
    child.stdout?.on('data', (data: Buffer) => {
      if (!data.includes('"event":"plan"')) return
      planned.add(child)
      cutInTime()
    })
}

/** In earnest, with the usual delays: some 12 s until the line is believed to be lost, and up to 10 s between looks. */
test('without a network a run waits and says so, goes on by itself, or ends when it is told to', async () => {
  const hear = cutWhenUnderWay(3)
  const whenOffline = (child: ChildProcess, act: () => void): void => {
    hear(child)
    child.stderr?.on('data', (data: Buffer) => {
      if (data.includes('Offline:')) act()
    })
  }
  let isOffline = false
  const waiting = save('patient', '8h', (child) => whenOffline(child, () => (isOffline = true)))
  const interrupted = save('interrupted', '8h', (child) =>
    whenOffline(child, () => child.kill('SIGINT')),
  )
  const bounded = save('bounded', '1s', hear)

  const stopped = await interrupted
  expect(stopped.code).toBe(130)
  expect(stopped.stderr).toContain('Interrupted. 0 images saved and kept')

  const gaveUp = await bounded
  expect(gaveUp.code).toBe(1)
  expect(eventsOf(gaveUp, 'offline')).toMatchObject([{ waitSeconds: 1 }])
  expect(eventsOf(gaveUp, 'image')).toMatchObject([{ state: 'failed' }])
  expect(gaveUp.stderr).toMatch(
    /failed: nvcr.io\/nvidia\/pytorch:24.05-py3 linux\/amd64: The connection to \S+ broke\./,
  )

  await expect.poll(() => isOffline, { timeout: 20_000 }).toBe(true)
  line.mend()
  const patient = await waiting
  expect(patient.code).toBe(0)
  expect(jsonLines(patient).map(({ event }) => event)).toEqual([
    'plan',
    'offline',
    'online',
    'image',
    'done',
  ])
  const [plan] = eventsOf(patient, 'plan')
  // No byte came twice.
  expect(jsonLines(patient).at(-1)).toMatchObject({ saved: 1, bytes: plan?.['fetchBytes'] })
  expect(patient.stderr).toMatch(
    /Offline: The connection to \S+ broke\. Waiting for the network, 8 h at most; Ctrl\+C ends it\./,
  )
  expect(patient.stderr).toContain('Online again, going on.')
  expect((await runCli(['verify', join(folder, 'patient')])).code).toBe(0)
  for (const left of ['interrupted', 'bounded']) {
    const files = await readdir(join(folder, left))
    expect(files.filter((file) => file.endsWith('.tar'))).toEqual([])
  }
  for (const { stdout, stderr } of [stopped, gaveUp, patient]) {
    expect(stdout + stderr).not.toContain(sandboxKeys.personal)
    expect(stdout + stderr).not.toMatch(/X-Signature|Bearer |Basic /)
  }
}, 90_000)
