import type { Page } from '@playwright/test'
import type { Answers } from './stage.ts'

/** A face of the window: what main answers, and what is done to get there. */
export type Scene = {
  name: string
  answers: Answers
  act?: (page: Page) => Promise<void>
  width?: number
  height?: number
}

export async function openView(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

export async function openHoldings(page: Page): Promise<void> {
  await openView(page, 'Library')
  await page.getByRole('button', { name: /KINGSTON/ }).click()
  await page.getByRole('listbox', { name: 'Images' }).waitFor()
}

export async function openImage(page: Page): Promise<void> {
  await openHoldings(page)
  await page.getByRole('textbox', { name: 'Search library' }).fill('24.05')
  await page.getByRole('option', { name: /^nvidia\/pytorch 24\.05-py3/ }).click()
  await page.getByRole('region', { name: 'Loads in' }).waitFor()
}
