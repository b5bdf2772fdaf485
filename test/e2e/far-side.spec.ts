import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { runCli } from '../support/cli.ts'
import { lacking } from '../support/part.ts'
import { expect, test } from './application.ts'
import { writeHostileLibrary } from './hostile-library.ts'
import { Operator } from './operator.ts'
import { launchWatched, reachOut, type Watched } from './watched.ts'

// On the far side there is no network and no session: one application, watched from its start to its end.
const lack = lacking(['strace'])
test.skip(lack !== undefined, lack)
test.describe.configure({ mode: 'serial' })

let folder: string
let library: string
let watched: Watched
let operator: Operator

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngc-replicator-far-'))
  library = join(folder, 'library')
  const sandbox = await startSandbox()
  const site = join(folder, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const references = ['nvidia/pytorch:24.05-py3', 'nvidia/pytorch:24.04-py3']
  const saved = await runCli(['--site', site, '--output-path', library, ...references])
  await sandbox.close()
  expect(saved.code).toBe(0)
  watched = await launchWatched(folder)
  operator = new Operator(watched)
})
test.afterAll(async () => {
  await watched?.electron.close()
  await rm(folder, { recursive: true, force: true })
})

test('a library is opened, searched, verified and exported', async () => {
  const { electron, page } = watched
  await operator.openLibrary(library)
  await expect(operator.images.getByRole('option')).toHaveCount(2)
  await page.getByLabel('Search library').fill('24.05')
  await expect(operator.images.getByRole('option')).toHaveCount(1)
  await operator.images.getByRole('option').click()
  const image = page.getByRole('complementary', { name: 'Image' })
  await expect(image).toContainText('CUDA')
  await page.getByLabel('Search library').fill('')
  await page.getByRole('button', { name: 'Verify all' }).click()
  await expect(image).toContainText('intact')
  for (const [format, label] of [
    ['html', /HTML/],
    ['csv', /CSV/],
    ['json', /JSON/],
  ] as const) {
    const path = join(folder, `inventory.${format}`)
    await electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => await Promise.resolve({ canceled: false, filePath })
    }, path)
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: label }).click()
    await expect
      .poll(async () => await readFile(path, 'utf8').catch(() => ''))
      .toContain('nvcr.io/nvidia/pytorch:24.05-py3')
  }
})

test('what file names, tar headers, labels and descriptions bring along is text, and runs nowhere', async () => {
  const { electron, page } = watched
  const hostile = join(folder, 'hostile')
  await mkdir(hostile)
  const { script, fileName, label } = await writeHostileLibrary(hostile)
  await page.getByRole('button', { name: 'Close library' }).click()
  await operator.openLibrary(hostile)
  await expect(operator.images.getByRole('option')).toHaveCount(2)
  await expect(operator.images).toContainText(fileName)
  for (const option of await operator.images.getByRole('option').all()) {
    await option.click()
    await expect(page.getByRole('complementary', { name: 'Image' })).toBeVisible()
  }
  await operator.images.getByRole('option', { name: /practice/ }).click()
  const image = page.getByRole('complementary', { name: 'Image' })
  await expect(image).toContainText(label)
  await expect(image).toContainText('A harmless word')
  expect(await page.locator('script:not([src]), img[src="x"], iframe').count()).toBe(0)
  expect(await page.evaluate(() => 'hostile' in window)).toBe(false)

  const path = join(folder, 'hostile.html')
  await electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => await Promise.resolve({ canceled: false, filePath })
  }, path)
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: /HTML/ }).click()
  await expect.poll(async () => await readFile(path, 'utf8').catch(() => '')).toContain('practice')
  expect(await readFile(path, 'utf8')).not.toContain(script)
})

test('all that without a single attempt to reach anything', async () => {
  const port = await reachOut(watched.electron)
  const addresses = await watched.end()
  expect(addresses).toEqual([expect.stringContaining(`sin_port=htons(${port})`)])
})
