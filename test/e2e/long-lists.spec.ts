import type { Locator } from '@playwright/test'
import { expect, test } from './application.ts'
import { announce, stage } from './stage.ts'
import { calm } from './staged/calm.ts'
import { plan } from './staged/plan.ts'
import { running } from './staged/transfers.ts'

test.use({ folderPrefix: 'ngc-replicator-long-' })

const tag = (index: number) => `nvcr.io/nvidia/pytorch:${String(index).padStart(3, '0')}-py3`

test('a plan of 400 images draws what is seen, and reaches its end', async ({
  application: { electron },
  page,
}) => {
  const [row] = plan.rows
  if (!row) throw new Error('The staged plan is empty.')
  const rows = Array.from({ length: 400 }, (_, index) => ({
    ...row,
    reference: tag(index),
    notes: index % 3 === 0 ? ['Was published again since it was saved'] : [],
  }))
  await stage(electron, page, { ...calm, 'plan.make': { ...plan, rows } })
  await page.getByRole('button', { name: 'Review plan' }).click()
  await page.getByRole('button', { name: /KINGSTON/ }).click()
  const drawn = page.getByRole('list', { name: 'Images' }).getByRole('listitem')
  await expect(drawn.first()).toContainText('000-py3')
  expect(await drawn.count()).toBeLessThan(60)
  await scrollToEnd(drawn)
  await expect(drawn.last()).toContainText('399-py3')
  await expect(drawn.last()).toBeInViewport()
})

test('250 transfers of 60 layers draw what is seen, follow every event, and keep what was unfolded', async ({
  application: { electron },
  page,
}) => {
  const [first] = running.rows
  if (!first) throw new Error('No transfer is staged.')
  const layers = Array.from({ length: 60 }, (_, index) => ({
    digest: `sha256:${String(index).padStart(64, '0')}`,
    sizeBytes: 1_000,
    doneBytes: 10,
  }))
  const at = (writtenBytes: number) => ({
    ...running,
    rows: Array.from({ length: 250 }, (_, index) => ({
      ...first,
      id: `t${index}`,
      reference: tag(index),
      writtenBytes,
      layers,
    })),
  })
  await stage(electron, page, { ...calm, 'transfers.get': at(1_000_000_000) })
  await page.keyboard.press('Control+2')
  const drawn = page.getByRole('list', { name: 'Transfers' }).getByRole('listitem')
  const layer = page.getByRole('list', { name: 'Layers' }).getByRole('listitem')
  await expect(drawn.filter({ hasText: '000-py3' })).toContainText('1.00 GB')
  expect(await drawn.count()).toBeLessThan(60)
  await expect(layer).toHaveCount(0)
  await page.getByRole('button', { name: 'Layers of pytorch 001-py3' }).click()
  await expect(layer).toHaveCount(60)
  await announce(electron, 'transfers.changed', at(2_000_000_000))
  await expect(drawn.filter({ hasText: '000-py3' })).toContainText('2.00 GB')
  await scrollToEnd(drawn)
  await expect(drawn.filter({ hasText: '249-py3' })).toBeInViewport()
  await expect(layer).toHaveCount(0)
  await page.locator('.view-scroll').evaluate((view) => (view.scrollTop = 0))
  await expect(layer).toHaveCount(60)
})

/** Rows below are measured as they come into sight, so the end moves until it is reached. */
async function scrollToEnd(drawn: Locator): Promise<void> {
  const view = drawn.page().locator('.view-scroll')
  await expect
    .poll(
      async () =>
        await view.evaluate((element) => {
          element.scrollTop = element.scrollHeight
          return element.scrollHeight - element.clientHeight - element.scrollTop
        }),
    )
    .toBeLessThanOrEqual(1)
}
