import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { siteFileOf, parseSite } from '../../../main/ngc/site-file.ts'
import { orderSaving } from '../../../main/desktop/saving/order-saving.ts'
import type { SaveTask, Saving, SaveUpdate } from '../../../main/desktop/saving/saving.ts'
import { startSavingThread } from '../../../main/electron/saving-thread.ts'
import { NetworkError } from '../../../main/net/failure.ts'
import { temporaryFolder } from '../../support/desktop.ts'
import { freePort } from '../../support/free-port.ts'
import { sandboxForTests } from '../../support/sandbox.ts'

const sandbox = await sandboxForTests()
const { path: home, remove } = temporaryFolder()
const stick = join(home, 'stick')
const source = new URL('../../../main/desktop/saving/thread.ts', import.meta.url)
const logged: string[] = []
const site = siteFileOf(parseSite(JSON.stringify(sandbox.site), 'of the sandbox'))
let registry: string | undefined
let saving: Saving

const task = (reference: string): SaveTask => {
  return {
    folder: stick,
    drive: undefined,
    reference,
    platform: 'linux/amd64',
    wanted: 'linux/amd64',
    maxFileSizeBytes: undefined,
    verify: true,
  }
}
const { signal } = new AbortController()

beforeEach(async () => {
  registry = site.registry
  await mkdir(stick, { recursive: true })
  saving = orderSaving({
    start: () => startSavingThread(source, home),
    settings: async () => ({
      site: { ...site, registry },
      key: undefined,
      connections: 4,
      limitBytesPerSecond: undefined,
      source: 'registry',
      proxy: '',
      extraCertificates: [],
    }),
    log: (line) => logged.push(line),
  })
})
afterEach(async () => {
  await saving.close()
  remove()
})

test('a real thread saves an image, tells of it, and can be closed', async () => {
  const updates: SaveUpdate[] = []
  const told = (update: SaveUpdate) => updates.push(update)
  const file = await saving.save(task('nvcr.io/nvidia/pytorch:24.05-py3'), told, signal)
  expect(await readdir(stick)).toContain(file)
  const planned = updates.find((update) => update.planned)?.planned
  const fetched = updates.reduce((sum, { fetchedBytes = 0 }) => sum + fetchedBytes, 0)
  const layers = planned?.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0
  expect(fetched).toBeGreaterThanOrEqual(layers)
  expect(updates.at(-1)).toMatchObject({ verifiedBytes: planned?.sizeBytes })
  expect(logged.filter((line) => line.includes('GET')).length).toBeGreaterThan(0)
})

const save = async (tag: string) =>
  await saving.save(task(`nvcr.io/nvidia/pytorch:${tag}`), () => undefined, signal)

// A registry that refuses is asked again for some seconds.
test('each image is saved with the settings of its own time', { timeout: 90_000 }, async () => {
  await save('24.05-py3')
  registry = `http://127.0.0.1:${await freePort()}/`
  const failed = save('24.04-py3')
  await expect(failed).rejects.toBeInstanceOf(NetworkError)
  registry = site.registry
  await expect(save('24.04-py3')).resolves.toContain('24.04-py3')
})

test('a thread that cannot go on fails what it was asked for, with the reason', async () => {
  const broken = new URL('data:text/javascript,setTimeout(() => { throw new Error("broken") }, 50)')
  const failing = orderSaving({
    start: () => startSavingThread(broken, home),
    settings: async () => {
      throw new Error('not asked for')
    },
    log: (line) => logged.push(line),
  })
  const target = {
    folder: stick,
    drive: undefined,
    reference: 'nvcr.io/nvidia/cuda:1',
    platform: 'linux/amd64',
  }
  await expect(failing.discard(target)).rejects.toThrow('broken')
})
