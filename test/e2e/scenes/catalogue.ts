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
    name: 'catalogue-tags-loading',
    answers: { ...calm, 'catalogue.tags': 'never' },
    act: async (page) => await page.getByRole('option', { name: /^PyTorch/ }).click(),
  },
  {
    name: 'catalogue-tags-failed',
    answers: { ...calm, 'catalogue.tags': { fails: failure } },
    act: async (page) => {
      await page.getByRole('option', { name: /^PyTorch/ }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'catalogue-no-match',
    answers: calm,
    act: async (page) => {
      await page.getByLabel('Search repositories').fill('nothing is called so')
      await page.getByText('No repository matches').waitFor()
    },
  },
  {
    name: 'catalogue-dropping',
    answers: calm,
    act: async (page) => {
      const dataTransfer = await page.evaluateHandle(() => {
        const held = new DataTransfer()
        held.items.add(new File([], 'list.txt'))
        return held
      })
      await page.locator('.drop-target').first().dispatchEvent('dragover', { dataTransfer })
      await page.getByText('Drop a list of images').waitFor()
    },
  },
  {
    name: 'catalogue-notices',
    answers: {
      ...calm,
      'notices.list': [
        { id: '1', message: 'The queue of transfers could not be read, and was set aside.' },
      ],
    },
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
