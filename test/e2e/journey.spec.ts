import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sandboxKeys } from '../../main/sandbox/keys.ts'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { expect, launch } from './application.ts'
import { Operator, test } from './operator.ts'
import { drop } from './window.ts'

const slow = { limitBytesPerSecond: 400_000 }

test.describe('an operator', () => {
  test('carries an image over: catalogue, plan, transfer, safe, library, verified; the library needs no session', async ({
    operator,
    folder,
  }) => {
    const { page } = operator
    await operator.practise()
    await operator.pickTags('pytorch', '24.05-py3')
    await operator.planFor(folder)
    await operator.start()
    await expect(operator.safe).toBeVisible()
    await page.getByRole('button', { name: 'Open in library' }).click()
    await expect(operator.images.getByRole('option')).toHaveText([/pytorch 24\.05-py3.*complete/])
    await page.getByRole('button', { name: 'Verify all' }).click()
    await operator.images.getByRole('option').first().click()
    await expect(page.getByRole('complementary', { name: 'Image' })).toContainText('intact')
    await operator.view('Settings')
    await page.getByRole('button', { name: 'End session' }).click()
    await expect(page.getByText('No session')).toBeVisible()
    await operator.view('Library')
    await page.getByRole('button', { name: 'Close library' }).click()
    await operator.openLibrary(folder)
    await expect(operator.images.getByRole('option')).toHaveText([/pytorch 24\.05-py3.*complete/])
  })

  test('is told in words that a key is none, and is known by one that is', async ({ operator }) => {
    const { page } = operator
    const sandbox = await startSandbox()
    await operator.change({ site: sandbox.site })
    await operator.enterKey('')
    await expect(page.getByRole('alert')).toContainText('Paste a key first.')
    await operator.enterKey(`nvapi-${'x'.repeat(64)}`)
    await expect(page.getByRole('alert')).toContainText('NVIDIA does not accept this key')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Pick images/)
    await operator.enterKey(sandboxKeys.personal)
    await expect(operator.repositories.getByRole('option').first()).toBeVisible()
    await operator.view('Settings')
    await expect(page.getByRole('region', { name: 'Session' })).toContainText('of acme')
    await sandbox.close()
  })

  test('knows repositories by their logos, and by a letter where there is none', async ({
    operator,
  }) => {
    const row = (name: string) => operator.repositories.getByRole('option', { name })
    await operator.practise()
    await expect(row('PyTorch').locator('img')).toBeVisible()
    await expect(row('PyTorch').locator('img')).not.toHaveJSProperty('naturalWidth', 0)
    await expect(row('DIGITS').locator('.logo')).toHaveText('D')
  })

  test('picks by rules', async ({ operator }) => {
    const { page } = operator
    await operator.practise()
    await page.getByRole('button', { name: 'Rules' }).click()
    const rules = page.getByRole('dialog', { name: 'Pick by rules' })
    await rules.getByRole('textbox', { name: 'Since' }).fill('24.05')
    await rules.getByRole('textbox', { name: 'Tag contains' }).fill('24.05-py3')
    const add = rules.getByRole('button', { name: /^Add \d+ images?$/ })
    await expect(add).toBeEnabled()
    await add.click()
    await expect(page.getByRole('region', { name: 'Selection' })).toContainText(/\d+ images?/)
  })

  test('picks from a text, and is told what is no reference', async ({ operator }) => {
    const { page } = operator
    await operator.practise()
    await page.getByRole('button', { name: 'Paste' }).click()
    await page
      .getByRole('textbox', { name: /References/ })
      .fill('docker pull nvcr.io/nvidia/pytorch:24.05-py3\nhello world')
    await expect(page.getByRole('dialog')).toContainText('1 line not understood')
    await page.getByRole('button', { name: 'Add 1 image' }).click()
    await expect(page.getByRole('region', { name: 'Selection' })).toContainText('1 image')
  })

  test('drops lists on the catalogue, and is told what is none', async ({ operator, folder }) => {
    const { page } = operator
    const [text, list, tarball] = ['wanted.txt', 'missing.json', 'image.tar'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    await writeFile(text, 'nvidia/pytorch:24.05-py3\nhello world\n')
    const image = {
      reference: 'nvcr.io/nvidia/cuda:12.4.1-base-ubuntu22.04',
      platform: 'linux/arm64',
    }
    await writeFile(list, JSON.stringify({ version: 1, images: [image] }))
    await writeFile(tarball, Buffer.alloc(10_240))
    const tray = page.getByRole('region', { name: 'Selection' })
    await operator.practise()
    await drop(page, text)
    await expect(page.getByRole('dialog')).toContainText('1 line not understood')
    await page.getByRole('button', { name: 'Add 1 image' }).click()
    await expect(tray).toContainText('1 image')
    await page.getByRole('button', { name: 'Paste' }).click()
    await expect(page.getByRole('textbox', { name: /References/ })).toHaveValue('')
    await drop(page, list)
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(tray).toContainText('2 images')
    await drop(page, tarball)
    await expect(page.getByText('image.tar is no list.')).toBeVisible()
  })

  test('pauses, resumes and cancels', async ({ operator, folder }) => {
    const { page } = operator
    await operator.practise()
    await operator.change(slow)
    await operator.pickTags('pytorch', '24.05-py3', '24.04-py3')
    await operator.planFor(folder)
    await operator.start()
    await page.getByRole('button', { name: 'Pause all' }).click()
    await expect(operator.transfers.first()).toContainText('Paused')
    await page.getByRole('button', { name: 'Resume all' }).click()
    await expect(operator.transfers.first()).not.toContainText('Paused')
    await page.getByRole('button', { name: 'Cancel all' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel transfers' }).click()
    await expect(operator.transfers.filter({ hasText: 'Cancelled' })).toHaveCount(2)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tar'))).toEqual([])
  })

  test('loses nothing when the application is killed', async ({
    userData,
    folder,
    folderPrefix,
  }) => {
    const first = await launch(userData)
    const before = new Operator(first)
    await before.practise()
    await before.change(slow)
    await before.pickTags('pytorch', '24.05-py3')
    await before.planFor(folder)
    await before.start()
    await expect(before.transfers.first()).toContainText('Downloading')
    first.electron.process().kill('SIGKILL')
    await first.electron.waitForEvent('close').catch(() => {})

    const second = await launch(userData)
    const after = new Operator(second)
    await after.change({ limitBytesPerSecond: null })
    await after.view('Transfers')
    await expect(after.transfers.first()).toContainText(/pytorch/)
    const resume = second.page.getByRole('button', { name: /^Resume/ }).first()
    await expect(resume.or(after.safe).first()).toBeVisible({ timeout: 20_000 })
    if (await resume.isVisible()) await resume.click()
    await expect(after.safe).toBeVisible({ timeout: 20_000 })

    const other = await mkdtemp(join(tmpdir(), `${folderPrefix}whole-`))
    await after.view('Catalogue')
    await after.planFor(other)
    await after.start()
    await expect(after.transfers.filter({ hasText: 'Done' })).toHaveCount(2)
    expect(await digestOfTarball(folder)).toBe(await digestOfTarball(other))
    await second.electron.close()
    await rm(other, { recursive: true, force: true })
  })
})

async function digestOfTarball(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.tar'))
  if (name === undefined) throw new Error(`${folder} holds no tarball.`)
  return createHash('sha256')
    .update(await readFile(join(folder, name)))
    .digest('hex')
}
