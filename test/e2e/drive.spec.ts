import { lacking } from '../support/part.ts'
import { mountFat, type MountedFat } from '../support/mounted-fat.ts'
import { expect } from './application.ts'
import { test as base } from './operator.ts'

const lack = lacking(['fusefat', 'mkfs.fat'])
const test = base.extend<{ sizeBytes: number; bits: 16 | 32 | undefined; drive: MountedFat }>({
  sizeBytes: [0, { option: true }],
  bits: [undefined, { option: true }],
  drive: async ({ folder, sizeBytes, bits }, use) => {
    const drive = await mountFat(folder, sizeBytes, bits)
    await use(drive)
    await drive.unmount()
  },
})
test.skip(lack !== undefined, lack)

test.describe('a drive that vanishes', () => {
  test.use({ sizeBytes: 64_000_000 })

  test('is told in a sentence with ways out, and is written to when it is back', async ({
    operator,
    drive,
  }) => {
    const { page } = operator
    await operator.practise()
    await operator.change({ limitBytesPerSecond: 400_000 })
    await operator.pickTags('pytorch', '24.05-py3')
    await operator.planFor(drive.mountPoint)
    await operator.start()
    await expect(operator.transfers.first()).toContainText('Downloading')
    await drive.pullOut()
    const alert = operator.transfers.getByRole('alert')
    await expect(alert).toContainText(/The drive is gone or failing: .*Plug it in again/)
    await expect(alert.getByRole('button')).toHaveText(['Retry', 'Choose another folder'])
    await expect(operator.safe).toHaveCount(0)

    await alert.getByRole('button', { name: 'Retry' }).click()
    await expect(alert).toBeVisible()
    await drive.plugIn()
    await operator.change({ limitBytesPerSecond: null })
    await alert.getByRole('button', { name: 'Retry' }).click()
    await expect(operator.safe).toBeVisible({ timeout: 20_000 })
    await page.getByRole('button', { name: 'Open in library' }).click()
    await expect(operator.images.getByRole('option')).toHaveText([/pytorch 24\.05-py3.*complete/])
  })
})

test.describe('a drive that is too small', () => {
  test.use({ sizeBytes: 1_500_000 })

  test('is told with by how much, and is not written to, however start is asked for', async ({
    operator,
    drive,
  }) => {
    const { page } = operator
    await operator.practise()
    await operator.pickTags('pytorch', '24.05-py3', '24.04-py3')
    await operator.planFor(drive.mountPoint)
    await expect(page.getByRole('list', { name: 'Findings' })).toContainText(
      /has .* free; this plan needs .*, so [\d.]+ [kM]B are missing/,
    )
    await expect(page.getByRole('button', { name: /^Start/ })).toBeDisabled()
    await page.keyboard.press('Control+Enter')
    const refused = await page.evaluate(async (grantOf) => {
      const { call } = window.replicator
      const places = await call('places.get', {})
      const grant = places.ok && JSON.stringify(places.value).match(grantOf)?.[1]
      const plan = await call('plan.make', { grant })
      return await call('transfers.start', { plan: plan.ok && (plan.value as { id: string }).id })
    }, /"grant":"([^"]+)","label":"[^"]*\/a drive"/)
    expect(refused).toMatchObject({ ok: false, error: { code: 'no-space' } })
    await operator.view('Transfers')
    await expect(page.getByText('No transfers')).toBeVisible()
  })
})

test.describe('a drive that does not tell its size', () => {
  test.use({ sizeBytes: 16 * 2 ** 20, bits: 32 })

  test('is shown as one of unknown space, and is written to', async ({ operator, drive }) => {
    const { page } = operator
    await operator.practise()
    await operator.pickTags('pytorch', '24.05-py3')
    await operator.planFor(drive.mountPoint)
    // As a drive and as a folder of late, once it was looked which drives there are.
    const card = page.getByRole('button', { pressed: true, name: /a drive/ }).first()
    await expect(card).toContainText('free space unknown', { timeout: 10_000 })
    await expect(card.getByRole('img')).toHaveAccessibleName(/^Free space unknown, this plan /)
    await expect(page.getByRole('list', { name: 'Findings' })).toContainText(
      'does not tell what is free',
    )
    await operator.start()
    await expect(operator.safe).toBeVisible({ timeout: 20_000 })
  })
})
