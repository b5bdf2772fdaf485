import type { ChildProcess } from 'node:child_process'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { defaultSettings } from '../../main/sandbox/faults.ts'
import type { LoggedRequest } from '../../main/sandbox/request-log.ts'
import { eventsOf, runCli } from '../support/cli.ts'
import {
  image,
  isUnderWay,
  other,
  plan,
  reaches,
  sha256,
  startTransferring,
} from './transferring.ts'

const { sandbox, home, stick, planned, begin, unfinished } = await startTransferring()

test('either host goes on with what the other began', async () => {
  sandbox.settings.bytesPerSecond = 400_000
  const desktop = await begin([image])
  await isUnderWay(desktop)
  await desktop.handlers['transfers.pause']({ ids: 'all' })
  await vi.waitFor(async () => expect(await unfinished()).toHaveLength(2))
  const [begunBlob] = blobs().toSorted((a, b) => b.sentBytes - a.sentBytes)
  const goesOn = (): void => {
    const again = blobs().filter(({ path }) => path === begunBlob?.path)
    expect(blobs()).not.toEqual([])
    expect(again.filter(({ range }) => range?.startsWith('bytes=0-') !== false)).toEqual([])
  }
  const site = join(home, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const command = ['--site', site, '--output-path', stick, '--verbose', image]
  let child: ChildProcess | undefined
  sandbox.requests.clear()
  const running = runCli(command, { started: (process) => void (child = process) })
  const begun = await begunBytes()
  await vi.waitFor(async () => expect(await begunBytes()).toBeGreaterThan(begun), {
    timeout: 20_000,
  })
  child?.kill('SIGKILL')
  await running
  goesOn()
  Object.assign(sandbox.settings, defaultSettings)
  sandbox.requests.clear()
  await desktop.handlers['transfers.resume']({ ids: 'all' })
  await reaches(desktop, ['done'])
  goesOn()
  expect(await unfinished()).toEqual([])
  expect((await runCli(['verify', stick])).code).toBe(0)
})

test('the desktop and the command line make the same plan, the same bytes and the same records', async () => {
  const desktop = await planned([image, other])
  const output = join(home, 'output')
  const site = join(home, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const args = ['--site', site, '--output-path', output, '--json']

  const ours = await plan(desktop)
  expect(ours.rows.map(({ state }) => state)).toEqual(['new', 'new'])
  expect(ours.sharedBytes).toBeGreaterThan(0)
  const dry = await runCli([...args, '--dry-run', image, other])
  expect(eventsOf(dry, 'plan')).toEqual(ours.rows.map((row) => ({ event: 'plan', ...row })))

  await desktop.handlers['transfers.start']({ plan: ours.id })
  await reaches(desktop, ['done', 'done'])
  const run = await runCli([...args, image, other])
  expect(run.code).toBe(0)
  expect(eventsOf(run, 'done')).toMatchObject([
    { bytes: ours.fetchBytes, sharedBytes: ours.sharedBytes },
  ])
  // Both save several images at once: which of them is recorded first is left open.
  expect(await contents(output)).toEqual(await contents(stick))

  const again = await runCli([...args, '--dry-run', image, other])
  const after = await plan(desktop)
  expect(after.rows.map(({ state }) => state)).toEqual(['present', 'present'])
  expect(eventsOf(again, 'plan')).toEqual(after.rows.map((row) => ({ event: 'plan', ...row })))
})

const partialName = 'nvcr.io_nvidia_pytorch_24.05-py3_linux-amd64.tar.partial'
const blobs = (): LoggedRequest[] => sandbox.requests.all({ role: 'blobs' })
const begunBytes = async (): Promise<number> => (await stat(join(stick, partialName))).size

/** Every file by its name: tarballs by digest, records by their lines; of the history what was done, not when. */
async function contents(folder: string): Promise<Record<string, string | string[]>> {
  const names = (await readdir(folder)).toSorted()
  const read = names.map(async (name) => {
    const bytes = await readFile(join(folder, name))
    return name.endsWith('.tar')
      ? sha256(bytes)
      : bytes
          .toString('utf8')
          .replaceAll(/"(?:at|stamp)":"[^"]*",/g, '')
          .split('\n')
          .toSorted()
  })
  const found = await Promise.all(read)
  return Object.fromEntries(names.map((name, at) => [name, found[at] ?? []]))
}
