import { openView, type Scene } from '../scene.ts'
import { calm, settings } from '../staged/calm.ts'

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
