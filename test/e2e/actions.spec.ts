import type { ElectronApplication, Locator } from '@playwright/test'
import { expect, test as base } from './application.ts'
import { callsOf, stage, type Answers } from './stage.ts'
import { calm } from './staged/calm.ts'
import { finished, running } from './staged/transfers.ts'

type Staged = { menu: Locator; calls: () => ReturnType<typeof callsOf> }

const test = base.extend<{ staged: (answers: Answers) => Promise<Staged> }>({
  staged: async ({ application: { electron }, page }, use) =>
    await use(async (answers) => {
      await stage(electron, page, { ...calm, 'app.copy': undefined, ...answers })
      await page.keyboard.press('Control+1')
      return { menu: page.getByRole('menu'), calls: async () => await callsOf(electron) }
    }),
})

test.use({ folderPrefix: 'ngc-replicator-actions-' })

test.describe('a right click', () => {
  test('on a repository adds its newest, copies it and leads to its page', async ({
    page,
    staged,
  }) => {
    const { menu, calls } = await staged({ 'catalogue.page': 'https://catalog/x' })
    await page.getByRole('option', { name: /^TensorFlow/ }).click({ button: 'right' })
    await expect(menu.getByRole('menuitem')).toHaveText([
      'Add 24.05-py3 to selection',
      'Copy reference',
      'Copy address of page',
      'Open in browser',
    ])
    await menu.getByRole('menuitem', { name: /^Add/ }).click()
    await expect(menu).toHaveCount(0)
    await expect
      .poll(calls)
      .toContainEqual(['selection.add', { references: ['nvcr.io/nvidia/tensorflow:24.05-py3'] }])
    await page.getByRole('option', { name: /^TensorFlow/ }).click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Open in browser' }).click()
    await expect.poll(calls).toContainEqual(['app.open', { address: 'https://catalog/x' }])
  })

  test('on a tag copies its reference and its digest', async ({ page, staged }) => {
    const { menu, calls } = await staged({ 'catalogue.digest': 'sha256:12' })
    await page.getByRole('option', { name: /^TensorRT/ }).click()
    const tag = page.getByRole('listbox', { name: 'Tags' }).getByRole('option').nth(1)
    await tag.click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Copy reference' }).click()
    await expect
      .poll(calls)
      .toContainEqual(['app.copy', { text: 'nvcr.io/nvidia/tensorrt:24.04-py3' }])
    await tag.click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Copy digest' }).click()
    await expect.poll(calls).toContainEqual(['app.copy', { text: 'sha256:12' }])
    await expect(tag).toHaveAttribute('aria-selected', 'false')
  })

  test('on a transfer pauses it, and asks before it is cancelled', async ({ page, staged }) => {
    const { menu, calls } = await staged({ 'transfers.get': running })
    await page.keyboard.press('Control+2')
    const [first] = running.rows
    const row = page.getByRole('list', { name: 'Transfers' }).getByRole('listitem').first()
    await row.click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Pause' }).click()
    await expect.poll(calls).toContainEqual(['transfers.pause', { ids: [first?.id] }])
    await row.getByRole('button', { name: /^More for/ }).click()
    await menu.getByRole('menuitem', { name: 'Cancel …' }).click()
    await expect(page.getByRole('dialog')).toContainText('What was fetched can stay')
  })

  test('on a transfer that is done shows its file', async ({ page, staged }) => {
    const { menu, calls } = await staged({ 'transfers.get': finished })
    await page.keyboard.press('Control+2')
    const row = page.getByRole('list', { name: 'Transfers' }).getByRole('listitem').first()
    await row.click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Show in folder' }).click()
    await expect.poll(async () => (await calls()).map(([name]) => name)).toContain('places.show')
  })

  test('on an image of the library copies the command that loads it', async ({ page, staged }) => {
    const { menu, calls } = await staged({})
    await page.keyboard.press('Control+3')
    await page.getByRole('button', { name: /KINGSTON/ }).click()
    await page
      .getByRole('option', { name: /complete/ })
      .first()
      .click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Copy load command' }).click()
    await expect
      .poll(calls)
      .toContainEqual(['app.copy', { text: expect.stringMatching(/^docker load/) as unknown }])
  })
})

test('the keyboard opens the menu of the active row, and comes back to the list', async ({
  page,
  staged,
}) => {
  const { menu } = await staged({})
  const list = page.getByRole('listbox', { name: 'Repositories' })
  await list.focus()
  await page.keyboard.press('ArrowDown')
  for (const key of ['Shift+F10', 'ContextMenu']) {
    await page.keyboard.press(key)
    await expect(menu).toContainText('TensorFlow')
    await expect(menu.getByRole('menuitem').first()).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(menu).toHaveCount(0)
    await expect(list).toBeFocused()
  }
})

test('a text field has the menu that text fields have', async ({ application, page }) => {
  await stage(application.electron, page, calm)
  await recordPopups(application.electron)
  const field = page.getByLabel('Search repositories')
  await field.fill('torch')
  await field.selectText()
  await field.click({ button: 'right' })
  const offered = async () =>
    await application.electron.evaluate(() => (globalThis as { offered?: string[] }).offered ?? [])
  await expect.poll(offered).toEqual(expect.arrayContaining(['cut', 'copy', 'paste', 'selectall']))
})

/** The system draws these menus outside the page, where no test reaches: what would be drawn is kept instead. */
async function recordPopups(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(async ({ Menu, clipboard }) => {
    await clipboard.writeText('to paste')
    const build = Menu.buildFromTemplate.bind(Menu)
    Menu.buildFromTemplate = (template) => {
      const menu = build(template)
      const enabled = menu.items.filter((item) => item.enabled && item.role !== undefined)
      const offered = enabled.map(({ role }) => String(role).toLowerCase())
      menu.popup = () => void Object.assign(globalThis, { offered })
      return menu
    }
  })
}
