import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import type { Sent } from '../../main/api/contract.ts'
import { test as base, type Application } from './application.ts'

/** Tests of an operator at a fresh application, with an empty folder to save into. */
export const test = base.extend<{ folder: string; operator: Operator }>({
  folder: async ({ folderPrefix }, use) => {
    const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}drive-`))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  operator: async ({ own }, use) => await use(new Operator(own)),
})

/** What an operator does in the window, by the names that stand on it. */
export class Operator {
  readonly page: Page
  readonly #application: Application

  constructor(application: Application) {
    this.#application = application
    this.page = application.page
  }

  async practise(): Promise<void> {
    await this.page.getByRole('button', { name: 'Use the sample catalogue' }).click()
    await expect(this.repositories.getByRole('option').first()).toBeVisible()
  }

  async enterKey(key: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'NGC or DGX key' }).fill(key)
    await this.page.getByRole('button', { name: 'Use this key' }).click()
  }

  /** As the settings view does it, without its fields. */
  async change(settings: Sent<'settings.change'>): Promise<void> {
    const envelope = await this.page.evaluate(
      async (change) => await window.replicator.call('settings.change', change),
      settings,
    )
    expect(envelope).toMatchObject({ ok: true })
  }

  async paste(text: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Paste' }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: /References/ }).fill(text)
    await dialog.getByRole('button', { name: /^Add \d+ image/ }).click()
    await expect(dialog).toHaveCount(0)
  }

  async view(name: 'Catalogue' | 'Transfers' | 'Library' | 'Settings'): Promise<void> {
    await this.page.getByRole('navigation').getByRole('button', { name }).click()
  }

  async pickTags(search: string, ...tags: string[]): Promise<void> {
    await this.page.getByLabel('Search repositories').fill(search)
    await this.repositories.getByRole('option').first().click()
    for (const tag of tags) {
      await this.tags
        .getByRole('option', { name: new RegExp(`^${tag.replaceAll('.', '\\.')}`) })
        .click()
    }
    await expect(this.tags.getByRole('option', { selected: true })).toHaveCount(tags.length)
  }

  /** The next dialog that asks for a folder gives this one. */
  async willChoose(folder: string): Promise<void> {
    await this.#application.electron.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = async () =>
        await Promise.resolve({ canceled: false, filePaths: [path] })
    }, folder)
  }

  async planFor(folder: string): Promise<void> {
    await this.willChoose(folder)
    await this.page.getByRole('button', { name: 'Review plan' }).click()
    await this.page.getByRole('button', { name: 'Choose a folder …' }).click()
    await expect(this.page.getByRole('region', { name: 'Images of this plan' })).toBeVisible()
  }

  async start(): Promise<void> {
    await this.page.getByRole('button', { name: /^Start/ }).click()
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('Transfers')
  }

  async openLibrary(folder: string): Promise<void> {
    await this.willChoose(folder)
    await this.view('Library')
    const close = this.page.getByRole('button', { name: 'Close library' })
    const open = this.page.getByRole('button', { name: 'Open a folder' })
    await expect(close.or(open)).toBeVisible()
    if (await close.isVisible()) await close.click()
    await open.click()
    await expect(this.images.getByRole('option').first()).toBeVisible()
  }

  get repositories(): Locator {
    return this.page.getByRole('listbox', { name: 'Repositories' })
  }

  get tags(): Locator {
    return this.page.getByRole('listbox', { name: 'Tags' })
  }

  get images(): Locator {
    return this.page.getByRole('listbox', { name: 'Images' })
  }

  get transfers(): Locator {
    return this.page.getByRole('list', { name: 'Transfers' }).getByRole('listitem')
  }

  get safe(): Locator {
    return this.page.getByText(/^(Safe to unplug|Safely written)$/).first()
  }
}
