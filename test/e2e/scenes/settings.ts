import type { Page } from '@playwright/test'
import { openView, type Scene } from '../scene.ts'
import { calm, settings } from '../staged/calm.ts'
import { engines, noEngine } from '../staged/engines.ts'

export const settingsScenes: readonly Scene[] = [
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
  { name: 'settings-engines', answers: { ...calm, 'engines.find': engines }, act: showEngines },
  { name: 'settings-no-engine', answers: { ...calm, 'engines.find': noEngine }, act: showEngines },
  { name: 'settings-looking', answers: { ...calm, 'engines.find': 'never' }, act: showEngines },
  {
    name: 'settings-network',
    answers: {
      ...calm,
      'settings.get': {
        ...settings,
        proxy: 'http://proxy.example:3128',
        site: { catalog: 'https://ngc.example', insecure: true },
      },
    },
    act: async (page) => {
      await openView(page, 'Settings')
      await page.getByRole('region', { name: 'Network' }).scrollIntoViewIfNeeded()
    },
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

async function showEngines(page: Page): Promise<void> {
  await openView(page, 'Settings')
  await page.getByRole('region', { name: 'Engines' }).scrollIntoViewIfNeeded()
}
