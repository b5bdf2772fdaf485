import type { Scene } from '../scene.ts'
import type { Answers } from '../stage.ts'
import { calm } from '../staged/calm.ts'

const welcome: Answers = {
  ...calm,
  'session.get': { kind: 'none' },
  'selection.get': { items: [], platform: 'linux/amd64' },
}

export const welcomeScenes: readonly Scene[] = [
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
]
