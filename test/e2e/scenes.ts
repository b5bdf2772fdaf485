import type { Page } from '@playwright/test'
import { deliveryScenes } from './delivery-scenes.ts'
import { openHoldings, openImage, openView, type Scene } from './scene.ts'
import type { Answers } from './stage.ts'
import {
  calm,
  finished,
  idle,
  library,
  list,
  full,
  occupied,
  offline,
  picked,
  running,
  settings,
  tags,
  tightPlan,
} from './staged.ts'

const failure = {
  message: 'The catalogue did not answer.',
  hint: 'Check the network or the proxy in Settings.',
}
const welcome: Answers = {
  ...calm,
  'session.get': { kind: 'none' },
  'selection.get': { items: [], platform: 'linux/amd64' },
}

async function openRepository(page: Page): Promise<void> {
  await page.locator('.logo img').first().waitFor()
  await page.getByRole('option', { name: /^PyTorch/ }).click()
  await page.getByRole('listbox', { name: 'Tags' }).waitFor()
}

async function openPlaces(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Review plan' }).click()
  await page.getByRole('heading', { level: 1, name: /^Plan/ }).waitFor()
}

async function openPlan(page: Page): Promise<void> {
  await openPlaces(page)
  await page.getByRole('button', { name: /KINGSTON/ }).click()
  await page.getByRole('region', { name: 'Images of this plan' }).waitFor()
}

const large: Scene[] = [
  { name: 'welcome', answers: welcome },
  {
    name: 'welcome-bad-key',
    answers: {
      ...welcome,
      'session.enterKey': {
        fails: {
          message: 'NGC does not know this key.',
          hint: 'Copy it again from Setup, API Keys.',
        },
      },
    },
    act: async (page) => {
      await page.getByLabel('NGC or DGX key').first().fill('nvapi-wrong')
      await page.getByRole('button', { name: 'Use this key' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
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
  { name: 'plan', answers: calm, act: openPlan },
  { name: 'plan-blocked', answers: { ...calm, 'plan.make': tightPlan }, act: openPlan },
  { name: 'plan-places', answers: calm, act: openPlaces },
  {
    name: 'plan-failed',
    answers: {
      ...calm,
      'plan.make': {
        fails: { message: 'KINGSTON is gone.', hint: 'Plug it in again, or choose another drive.' },
      },
    },
    act: async (page) => {
      await openPlaces(page)
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'transfers',
    answers: { ...calm, 'transfers.get': running },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-layers',
    answers: { ...calm, 'transfers.get': running },
    act: async (page) => {
      await openView(page, 'Transfers')
      await page.getByRole('button', { name: 'Layers of pytorch 24.05-py3' }).click()
    },
  },
  {
    name: 'transfers-safe',
    answers: { ...calm, 'transfers.get': finished },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-empty',
    answers: { ...calm, 'transfers.get': idle },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-offline',
    answers: { ...calm, 'transfers.get': offline },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-occupied',
    answers: { ...calm, 'transfers.get': occupied },
    act: async (page) => await openView(page, 'Transfers'),
  },
  {
    name: 'transfers-full',
    answers: { ...calm, 'transfers.get': full },
    act: async (page) => await openView(page, 'Transfers'),
  },
  { name: 'library-none', answers: calm, act: async (page) => await openView(page, 'Library') },
  { name: 'library', answers: calm, act: openHoldings },
  { name: 'library-image', answers: calm, act: openImage },
  {
    name: 'library-verifying',
    answers: {
      ...calm,
      'library.open': {
        ...library,
        problems: [],
        verifying: [{ id: '0', doneBytes: 4e9, totalBytes: 9e9 }],
      },
    },
    act: openHoldings,
  },
  {
    name: 'library-failed',
    answers: {
      ...calm,
      'library.open': { fails: { message: 'KINGSTON cannot be read.', hint: 'Plug it in again.' } },
    },
    act: async (page) => {
      await openView(page, 'Library')
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'library-empty',
    answers: {
      ...calm,
      'library.open': { ...library, rows: [], problems: [], totalBytes: 0, sharedBytes: 0 },
    },
    act: async (page) => {
      await openView(page, 'Library')
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByText('This folder holds no images').waitFor()
    },
  },
  {
    name: 'settings',
    answers: {
      ...calm,
      'session.get': {
        kind: 'key',
        keyKind: 'personal',
        org: 'acme',
        userName: 'Ada',
        kept: 'memory',
      },
      'settings.get': settings,
    },
    act: async (page) => await openView(page, 'Settings'),
  },
  {
    name: 'settings-licences',
    answers: calm,
    act: async (page) => {
      await openView(page, 'Settings')
      await page.getByRole('button', { name: 'Show licences' }).click()
      await page.getByRole('listbox', { name: 'Packages' }).waitFor()
    },
  },
]

const small = new Set([
  'catalogue',
  'plan',
  'transfers',
  'library',
  'library-image',
  'library-delivering',
  'library-push-names',
  'settings',
  'welcome',
  'catalogue-rules',
  'settings-licences',
])

const all = [...large, ...deliveryScenes]

export const scenes: readonly Scene[] = [
  ...all,
  ...all.filter(({ name }) => small.has(name)).map(smaller),
]

function smaller(scene: Scene): Scene {
  return Object.assign({}, scene, { name: `small-${scene.name}`, width: 800, height: 600 })
}
