import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { practiceImage, writeImage } from '../support/made-tarball.ts'
import { expect, launch, test as base } from './application.ts'
import { drop, isVisible, startAgain } from './window.ts'

const test = base.extend<{ library: string }>({
  library: async ({ folderPrefix }, use) => {
    const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}library-`))
    await writeImage(folder, practiceImage())
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
})

test.use({ folderPrefix: 'ngc-replicator-opening-' })

test.describe('a library opens', () => {
  test('by an argument of the start', async ({ userData, library }) => {
    const { electron, page } = await launch(userData, { asked: [library] })
    await expectLibrary(page)
    await electron.close()
  })

  test('by a tarball that a second start is given', async ({ own, library }) => {
    await own.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    await startAgain(own, join(library, 'practice.tar'))
    await expectLibrary(own.page)
    await expect.poll(() => isVisible(own.electron)).toBe(true)
  })

  test('as the Finder of macOS asks for it', async ({ own, library }) => {
    await own.electron.evaluate(({ app }, path) => {
      app.emit('open-file', { preventDefault: () => undefined }, path)
    }, library)
    await expectLibrary(own.page)
  })

  for (const what of ['a folder', 'a tarball'] as const) {
    test(`by ${what} that is dropped on it`, async ({ own, library }) => {
      await own.page.keyboard.press('Control+3')
      await expect(own.page.getByRole('heading', { level: 1 })).toHaveText('Library')
      await drop(own.page, what === 'a folder' ? library : join(library, 'practice.tar'))
      await expectLibrary(own.page)
    })
  }

  test('by nothing that is not there', async ({ userData, library }) => {
    const { electron, page } = await launch(userData, { asked: [join(library, 'gone')] })
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Pick images/)
    await electron.close()
  })
})

async function expectLibrary(page: Page): Promise<void> {
  const images = page.getByRole('listbox', { name: 'Images' }).getByRole('option')
  await expect(images).toHaveText([/practice.*24\.05-py3/])
}
