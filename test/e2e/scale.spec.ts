import { link, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './application.ts'
import { writeHostileLibrary } from './hostile-library.ts'
import { most, startLargeSite } from './large-site.ts'
import { Operator } from './operator.ts'
import { scrollThrough, stallsDuring, type Stalls } from './stalls.ts'
import type { TestServer } from '../support/server.ts'

// Far above what was measured, on any machine; what blocks with the number of rows goes far beyond.
const longestMs = 1000

test.describe.configure({ mode: 'serial' })
test.use({ folderPrefix: 'ngc-replicator-scale-' })

let site: TestServer
let folder: string
let operator: Operator

test.beforeAll(async ({ application }) => {
  site = await startLargeSite()
  folder = await mkdtemp(join(tmpdir(), 'ngc-replicator-large-'))
  operator = new Operator(application)
  const { origin } = site.url
  await operator.change({
    site: { catalog: origin, auth: origin, registry: origin, dgx: origin, registryName: 'nvcr.io' },
  })
})
test.afterAll(async () => {
  await site.close()
  await rm(folder, { recursive: true, force: true })
})

test(`${most.repositories} repositories are listed, searched and scrolled`, async ({
  application: { electron, page },
}) => {
  const stalls = await stallsDuring(electron, page, async () => {
    await page.getByRole('button', { name: 'Browse as guest' }).click()
    await expect(page.getByRole('status').first()).toContainText('5,000 repositories')
    await scrollThrough(operator.repositories)
    const search = page.getByLabel('Search repositories')
    await search.pressSequentially('number 42')
    await expect(operator.repositories.getByRole('option').first()).toHaveText(/Repository 42\b/)
    await search.fill('')
  })
  expectSmooth('5,000 repositories', stalls)
})

test(`${most.tags} tags are listed, sorted, picked by text and scrolled`, async ({
  application: { electron, page },
}) => {
  const stalls = await stallsDuring(electron, page, async () => {
    await operator.repositories.getByRole('option').first().click()
    await expect(operator.tags.getByRole('option').first()).toHaveText(/1\.9999\.0/)
    await scrollThrough(operator.tags)
    await page.getByRole('button', { name: 'Size' }).click()
    await expect(operator.tags.getByRole('option').first()).toBeVisible()
    await operator.tags.focus()
    await page.keyboard.press('End')
    await expect(operator.tags.getByRole('option').last()).toBeVisible()
  })
  expectSmooth('10,000 tags', stalls)
})

test(`all ${most.tags} tags are picked at once, measured while others are looked at, and let go`, async ({
  application: { electron, page },
}) => {
  const stalls = await stallsDuring(electron, page, async () => {
    await operator.tags.focus()
    await page.keyboard.press('Control+a')
    await expect(page.getByRole('button', { name: '10,000 images' })).toBeVisible()
    await scrollThrough(operator.tags)
    await operator.tags.getByRole('option').last().click()
    await expect(page.getByRole('button', { name: '9,999 images' })).toBeVisible()
    await page.getByRole('button', { name: 'Clear 9999' }).click()
    await expect(page.getByText('Nothing picked yet')).toBeVisible()
  })
  expectSmooth('10,000 tags picked', stalls)
})

test('500 tarballs are read, searched, sorted and scrolled', async ({
  application: { electron, page },
}) => {
  const library = join(folder, 'library')
  await mkdir(library)
  await writeHostileLibrary(library)
  // One tarball under many names is as much to read.
  const names = Array.from({ length: 500 }, (_, at) => `nvcr.io_nvidia_practice_${at}.tar`)
  await Promise.all(
    names.map(async (name) => await link(join(library, 'practice.tar'), join(library, name))),
  )
  const stalls = await stallsDuring(electron, page, async () => {
    await operator.openLibrary(library)
    await expect(page.getByText('502 images').first()).toBeVisible()
    await scrollThrough(operator.images)
    await page.getByRole('button', { name: 'Size' }).click()
    await page.getByLabel('Search library').pressSequentially('practice_42')
    await expect(operator.images.getByRole('option')).toHaveCount(11)
  })
  expectSmooth('500 tarballs', stalls)
})

test(`${most.images} transfers of ${most.layers} layers run while other views are used`, async ({
  application: { electron, page },
}) => {
  test.setTimeout(120_000)
  await operator.change({ jobs: 16, limitBytesPerSecond: 2_000_000 })
  await operator.view('Catalogue')
  const references = Array.from(
    { length: most.images },
    (_, at) => `nvcr.io/nvidia/repository-${at}:image-${at}`,
  )
  await operator.paste(references.join('\n'))
  const saved = join(folder, 'saved')
  await mkdir(saved)
  const running = page
    .getByRole('navigation')
    .getByRole('button', { name: 'Transfers' })
    .getByText(/running/)
  const stalls = await stallsDuring(electron, page, async () => {
    await operator.planFor(saved)
    await operator.start()
    // What is not seen is not drawn.
    await expect(operator.transfers.first()).toHaveAttribute('aria-setsize', String(most.images))
    for (let at = 0; at < 10; at += 1)
      await expect(operator.transfers.nth(at)).toContainText('Downloading')
    await page
      .getByRole('button', { name: /^Layers of/ })
      .first()
      .click()
    await operator.view('Catalogue')
    await expect(running).toBeVisible()
    await scrollThrough(operator.repositories)
    await scrollThrough(operator.repositories)
    await operator.view('Transfers')
    await operator.change({ limitBytesPerSecond: null })
    await expect(operator.safe).toBeVisible({ timeout: 60_000 })
  })
  expectSmooth('20 transfers of 60 layers', stalls)
})

function expectSmooth(what: string, stalls: Stalls): void {
  const { mainMs, windowMs, framesPerSecond } = stalls
  process.stdout.write(
    `    ${what}: main held up for ${mainMs} ms at most, the window for ${windowMs} ms, ${framesPerSecond} frames a second\n`,
  )
  expect(mainMs, 'main').toBeLessThan(longestMs)
  expect(windowMs, 'the window').toBeLessThan(longestMs)
}
