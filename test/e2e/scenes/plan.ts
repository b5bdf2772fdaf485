import type { Page } from '@playwright/test'
import type { Scene } from '../scene.ts'
import { calm, settings } from '../staged/calm.ts'
import { plan, tightPlan } from '../staged/plan.ts'

export const planScenes: readonly Scene[] = [
  { name: 'plan', answers: calm, act: openPlan },
  { name: 'plan-blocked', answers: { ...calm, 'plan.make': tightPlan }, act: openPlan },
  {
    name: 'plan-docker-and-app',
    answers: {
      ...calm,
      'settings.get': { ...settings, source: 'docker', withApp: true },
      'plan.make': { ...plan, app: { sizeBytes: 240_000_000, state: 'new' } },
    },
    act: openPlan,
  },
  {
    name: 'plan-making',
    answers: { ...calm, 'plan.make': 'never' },
    act: async (page) => {
      await openPlaces(page)
      await page.getByRole('button', { name: /KINGSTON/ }).click()
      await page.getByRole('main').getByRole('status').first().waitFor()
    },
  },
  // The README's picture: nothing of it is below the edge.
  { name: 'plan-whole', answers: calm, act: openPlan, height: 940 },
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
]

async function openPlaces(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Review plan' }).click()
  await page.getByRole('heading', { level: 1, name: /^Plan/ }).waitFor()
}

async function openPlan(page: Page): Promise<void> {
  await openPlaces(page)
  await page.getByRole('button', { name: /KINGSTON/ }).click()
  await page.getByRole('region', { name: 'Images of this plan' }).waitFor()
}
