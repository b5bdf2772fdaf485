import type { Page } from '@playwright/test'
import type { Scene } from '../scene.ts'
import { calm } from '../staged/calm.ts'
import { list, picked, tags } from '../staged/catalogue.ts'
import { running } from '../staged/transfers.ts'

const failure = {
  message: 'The catalogue did not answer.',
  hint: 'Check the network or the proxy in Settings.',
}

export const catalogueScenes: readonly Scene[] = [
  { name: 'catalogue', answers: { ...calm, 'transfers.get': running }, act: openRepository },
  {
    name: 'catalogue-none-chosen',
    answers: { ...calm, 'selection.get': { items: [], platform: 'linux/amd64' } },
  },
  {
    name: 'catalogue-overview',
    answers: calm,
    act: async (page) => {
      await openRepository(page)
      await page.getByRole('tab', { name: 'Overview' }).click()
      await page.getByText('A GPU accelerated').waitFor()
    },
  },
  {
    name: 'catalogue-loading',
    answers: { ...calm, 'catalogue.get': { state: 'loading', repositories: [] } },
  },
  {
    name: 'catalogue-failed',
    answers: { ...calm, 'catalogue.get': { state: 'failed', repositories: [], failure } },
  },
  {
    name: 'catalogue-old',
    answers: {
      ...calm,
      'catalogue.get': { ...list, state: 'failed', fetchedMs: Date.now() - 7_500_000, failure },
    },
    act: openRepository,
  },
  {
    name: 'catalogue-offline-tags',
    answers: { ...calm, 'catalogue.tags': { tags, asOfMs: Date.now() - 86_400_000 } },
    act: openRepository,
  },
  {
    name: 'catalogue-actions',
    answers: calm,
    act: async (page) => {
      await openRepository(page)
      await page.getByRole('option', { name: /^MONAI/ }).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Copy reference' }).waitFor()
    },
  },
  {
    name: 'catalogue-rules',
    answers: calm,
    act: async (page) => {
      await page.getByRole('button', { name: 'Rules' }).click()
      await page.getByText('3 images match').waitFor()
    },
  },
  {
    name: 'catalogue-paste',
    answers: calm,
    act: async (page) => {
      await page.getByRole('button', { name: 'Paste' }).click()
      await page
        .getByRole('textbox', { name: /References/ })
        .fill('nvcr.io/nvidia/cuda:12\nhello world')
      await page.getByText('3 references found').waitFor()
    },
  },
  {
    name: 'catalogue-tray',
    answers: {
      ...calm,
      'selection.get': {
        items: [
          ...picked.items,
          {
            reference: 'nvcr.io/nvidia/gone:1',
            state: 'failed',
            failure: 'There is no tag 1 in nvidia/gone.',
          },
        ],
        platform: 'all',
      },
    },
    act: async (page) => {
      await page.getByRole('button', { name: '4 images' }).click()
    },
  },
]

async function openRepository(page: Page): Promise<void> {
  await page.locator('.logo img').first().waitFor()
  await page.getByRole('option', { name: /^PyTorch/ }).click()
  await page.getByRole('listbox', { name: 'Tags' }).waitFor()
}
