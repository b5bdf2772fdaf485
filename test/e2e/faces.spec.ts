import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './application.ts'
import { openHoldings } from './scene.ts'
import { scenes } from './scenes.ts'
import { walk } from './keyboard.ts'
import { announce, callsOf, stage } from './stage.ts'
import { delivering } from './scenes/delivery.ts'
import { calm } from './staged/calm.ts'
import { library } from './staged/library.ts'
import { plan } from './staged/plan.ts'
import { idle, running } from './staged/transfers.ts'
import { resize } from './window.ts'

// An application of its own: what is staged here must not be met by other files.
test.use({ folderPrefix: 'ngc-replicator-faces-' })

test.describe('a face', () => {
  for (const scene of scenes) {
    test(`${scene.name}: legible, named, within the window, in both themes`, async ({
      application: { electron },
      page,
    }) => {
      await resize(electron, scene.width ?? 1280, scene.height ?? 800)
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await stage(electron, page, scene.answers)
      await scene.act?.(page)
      expect(await seriousFindings(page)).toEqual([])
      expect(await overflow(page)).toBe(0)
      expect(await spilling(page)).toEqual([])
      // The dark theme has the same elements in other colours.
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
      expect(await seriousFindings(page, ['color-contrast'])).toEqual([])
    })
  }
})

test.describe('with Tab alone', () => {
  const views = new Set(['welcome', 'catalogue', 'plan', 'transfers', 'library-image', 'settings'])
  for (const scene of scenes.filter(({ name }) => views.has(name))) {
    test(`everything of ${scene.name} is reached, and seen to be`, async ({
      application: { electron },
      page,
    }) => {
      await resize(electron, 1280, 800)
      await stage(electron, page, scene.answers)
      await scene.act?.(page)
      expect(await walk(page)).toEqual({ unreached: [], unseen: [] })
    })
  }
})

test.describe('the window', () => {
  test.beforeEach(async ({ application, page }) => {
    await resize(application.electron, 1280, 800)
    await stage(application.electron, page, calm)
  })

  test('runs nothing that a description brings along', async ({ page }) => {
    await page.getByRole('option', { name: /^PyTorch/ }).click()
    await page.getByRole('tab', { name: 'Overview' }).click()
    const description = page.getByRole('region', { name: 'Description' })
    await expect(description).toContainText('GPU accelerated')
    await expect(description.getByRole('link')).toHaveText(['good'])
    await expect(description.locator('script, img, iframe')).toHaveCount(0)
    expect(await page.evaluate(() => 'hostile' in window)).toBe(false)
  })

  test('keeps the rows of the library where they are when something begins below them', async ({
    application: { electron },
    page,
  }) => {
    await stage(electron, page, { ...calm, 'library.open': { ...library, problems: [] } })
    await openHoldings(page)
    const row = page.getByRole('option').nth(2)
    const before = await row.boundingBox()
    await announce(electron, 'library.changed', {
      ...library,
      verifying: [{ id: '1', doneBytes: 4e9, totalBytes: 9e9 }],
    })
    await expect(page.getByText('Reading back')).toBeVisible()
    expect(await row.boundingBox()).toEqual(before)
  })

  test('offers no choice where nothing matches', async ({ page }) => {
    const choose = page.getByRole('heading', { name: 'Choose a repository' })
    await expect(choose).toBeVisible()
    await page.getByLabel('Search repositories').fill('nothing is called so')
    await expect(page.getByRole('heading', { name: 'No repository matches' })).toBeVisible()
    await expect(choose).toHaveCount(0)
  })

  test('says all of a library that is 800 wide', async ({ application: { electron }, page }) => {
    await resize(electron, 800, 600)
    await openHoldings(page)
    const facts = page.getByRole('status').filter({ hasText: '/media/operator/KINGSTON' })
    const cut = await facts.evaluate((line) => line.scrollWidth - line.clientWidth)
    expect(cut).toBe(0)
  })

  test('stands words in line that belong together', async ({ application: { electron }, page }) => {
    await announce(electron, 'notices.changed', [{ id: '1', message: 'A file was set aside.' }])
    const middle = async (text: string) => {
      const { y, height } = await wordsOf(page, text)
      return y + height / 2
    }
    expect(Math.abs((await middle('A file was set')) - (await middle('Dismiss')))).toBeLessThan(1)
    await announce(electron, 'notices.changed', [])
    await announce(electron, 'delivery.changed', delivering)
    await openHoldings(page)
    const title = await wordsOf(
      page.getByRole('region', { name: /^Loading into/ }),
      /^Loading into/,
    )
    expect(Math.abs((await wordsOf(page, 'Show images')).x - title.x)).toBeLessThan(1)
  })

  test('is led by the keyboard alone', async ({ page }) => {
    await page.keyboard.press('Control+f')
    await expect(page.getByLabel('Search repositories')).toBeFocused()
    await page.keyboard.type('tensor')
    const list = page.getByRole('listbox', { name: 'Repositories' })
    await expect(list.getByRole('option')).toHaveCount(3)
    await list.focus()
    await page.keyboard.press('ArrowDown')
    await expect(list.getByRole('option', { selected: true })).toHaveAccessibleName(/^TensorFlow/)
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plan for 3 images')
    await page.keyboard.press('Control+3')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Library')
    await page.keyboard.press('Control+4')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings')
    await page.keyboard.press('Control+1')
    await expect(list).toBeVisible()
  })

  test('starts and pauses by the keyboard', async ({ application: { electron }, page }) => {
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: /KINGSTON/ }).click()
    await page.getByRole('region', { name: 'Images of this plan' }).waitFor()
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Transfers')
    expect(await namesOf(electron)).toContain('transfers.start')
    await announce(electron, 'transfers.changed', running)
    await expect(page.getByRole('button', { name: 'Pause all' })).toBeVisible()
    await page.keyboard.press('Space')
    await expect.poll(() => namesOf(electron)).toContain('transfers.pause')
  })

  test('puts itself on the drive when that is ticked', async ({ application, page }) => {
    const { electron } = application
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: /KINGSTON/ }).click()
    await page.getByLabel('Put the app on the drive (240 MB)').click()
    await expect
      .poll(async () => (await callsOf(electron)).slice(-2))
      .toEqual([
        ['settings.change', { withApp: true }],
        ['plan.make', { grant: plan.place.grant }],
      ])
  })

  test('picks ranges of tags with Shift, and by month', async ({ page }) => {
    await page.getByRole('option', { name: /^TensorRT/ }).click()
    const tags = page.getByRole('listbox', { name: 'Tags' })
    await tags.getByRole('option', { name: /^24\.03-py3/ }).click()
    await tags.getByRole('option', { name: /^24\.01-py3/ }).click({ modifiers: ['Shift'] })
    // 24.05 was in the selection already.
    await expect(tags.getByRole('option', { selected: true })).toHaveCount(4)
    await page.getByRole('button', { name: 'Clear 4' }).click()
    await expect(tags.getByRole('option', { selected: true })).toHaveCount(0)
    await page.getByRole('button', { name: 'Quick pick' }).click()
    await page.getByLabel('Since').fill('24.03')
    await page.getByRole('button', { name: 'Pick 3' }).click()
    await expect(tags.getByRole('option', { selected: true })).toHaveCount(3)
    await tags.focus()
    await page.keyboard.press('End')
    await expect(tags.getByRole('option', { name: /^r32\.639/ })).toBeVisible()
  })

  test('follows what main says, and no bar goes backwards', async ({ application, page }) => {
    const { electron } = application
    await page.getByRole('button', { name: 'Transfers' }).click()
    await expect(page.getByText('No transfers')).toBeVisible()
    await announce(electron, 'transfers.changed', running)
    const bar = page.getByRole('main').getByRole('progressbar', { name: 'All transfers' })
    await expect(bar).toHaveAttribute('aria-valuenow', '50')
    await announce(electron, 'transfers.changed', { ...running, doneBytes: 20_000_000_000 })
    await announce(electron, 'transfers.changed', { ...running, doneBytes: 27_600_000_000 })
    await expect(bar).toHaveAttribute('aria-valuenow', '60')
    await announce(electron, 'transfers.changed', { ...running, doneBytes: 20_000_000_000 })
    await announce(electron, 'transfers.changed', {
      ...running,
      doneBytes: 20_000_000_000,
      secondsLeft: 3600,
    })
    await expect(page.getByRole('main').getByText('about 1 h left').first()).toBeVisible()
    await expect(bar).toHaveAttribute('aria-valuenow', '60')
    await announce(electron, 'transfers.changed', idle)
  })

  test('keeps the notices above every view', async ({ application, page }) => {
    await announce(application.electron, 'notices.changed', [
      { id: '1', message: 'A file was set aside.' },
    ])
    await page.keyboard.press('Control+3')
    await expect(page.getByRole('list', { name: 'Notices' })).toContainText('set aside')
  })

  test('shows the licence of each package that it is made of', async ({ page }) => {
    await page.keyboard.press('Control+4')
    await page.getByRole('button', { name: 'Show licences' }).click()
    const dialog = page.getByRole('dialog', { name: 'Third-party licences' })
    await dialog.getByRole('textbox', { name: /Search/ }).fill('react-dom')
    await dialog.getByRole('option', { name: /^react-dom/ }).click()
    await expect(dialog).toContainText('Copyright (c) Meta Platforms')
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
    await expect(page.getByRole('button', { name: 'Show licences' })).toBeFocused()
  })

  test('asks before it throws away what was fetched', async ({ application, page }) => {
    await stage(application.electron, page, { ...calm, 'transfers.get': running })
    await page.getByRole('button', { name: 'Transfers' }).click()
    await page.getByRole('button', { name: 'Cancel pytorch 24.05-py3' }).click()
    await expect(page.getByRole('dialog')).toContainText('What was fetched can stay')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  })
})

async function seriousFindings(page: Page, rules?: string[]): Promise<string[]> {
  // Electron opens no second page for axe to work in.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await (rules ? builder.withRules(rules) : builder).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, target }) => `${id} ${String(target)} ${html.slice(0, 160)}`),
    )
}

async function overflow(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
}

/** What stands around a list and is smaller than it: the list would lie over what comes after it. */
async function spilling(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *:has([role="listbox"])')]
      .filter(
        (box) =>
          getComputedStyle(box).overflowY === 'visible' && box.scrollHeight > box.clientHeight + 1,
      )
      .map(
        ({ className, scrollHeight, clientHeight }) =>
          `${className} ${scrollHeight - clientHeight}`,
      ),
  )
}

/** Where the words themselves stand, and not the plate that they stand on. */
async function wordsOf(within: Page | Locator, text: string | RegExp): Promise<DOMRect> {
  return await within
    .getByText(text)
    .first()
    .evaluate((element) => {
      const range = document.createRange()
      range.selectNodeContents(element)
      return range.getBoundingClientRect()
    })
}

async function namesOf(electron: Parameters<typeof callsOf>[0]): Promise<string[]> {
  return (await callsOf(electron)).map(([name]) => name)
}
