import type { Page } from '@playwright/test'
import type { Scene } from '../scene.ts'
import { calm } from '../staged/calm.ts'
import { tightPlan } from '../staged/plan.ts'

export const planScenes: readonly Scene[] = [
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
