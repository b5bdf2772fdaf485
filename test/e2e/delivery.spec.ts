import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../main/sandbox/sandbox.ts'
import { runCli } from '../support/cli.ts'
import { output, startDocker, type Engine } from '../support/engines.ts'
import { lacking } from '../support/part.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'
import { expect, test } from './application.ts'
import { Operator } from './operator.ts'
import { launchWatched, type Watched } from './watched.ts'

// The far side with an engine and a registry of its own: one application, watched from its start to its end.
const lack = lacking(['strace', 'dockerd', 'docker', 'docker-registry'])
test.skip(lack !== undefined, lack)
test.describe.configure({ mode: 'serial' })

const references = ['24.05', '24.04', '24.03'].map((month) => `nvidia/pytorch:${month}-py3`)

let folder: string
let docker: Engine & { kill(): Promise<void> }
let registry: RealRegistry
let watched: Watched
let operator: Operator
const before = { PATH: process.env['PATH'], DOCKER_HOST: process.env['DOCKER_HOST'] }

test.beforeAll(async () => {
  test.setTimeout(180_000)
  folder = await mkdtemp(join(tmpdir(), 'ngc-replicator-delivery-'))
  const sandbox = await startSandbox()
  const site = join(folder, 'site.json')
  await writeFile(site, JSON.stringify(sandbox.site))
  const save = async (name: string, wanted: readonly string[]) =>
    await runCli(['--site', site, '--output-path', join(folder, name), ...wanted])
  expect((await save('ours', references)).code).toBe(0)
  expect((await save('theirs', references.slice(0, 1))).code).toBe(0)
  await sandbox.close()
  registry = await startRegistry({ login: true })
  // No other engine of this machine may be found: it would be loaded into.
  await mkdir(join(folder, 'bin'))
  const strace = (await output('which', ['strace'])).trim()
  await symlink(strace, join(folder, 'bin', 'strace'))
  process.env['DOCKER_HOST'] = `unix://${join(folder, 'docker.sock')}`
  process.env['PATH'] = join(folder, 'bin')
  watched = await launchWatched(folder)
  Object.assign(process.env, { PATH: before.PATH })
  operator = new Operator(watched)
})
test.afterAll(async () => {
  Object.assign(process.env, { PATH: before.PATH })
  if (before.DOCKER_HOST === undefined) delete process.env['DOCKER_HOST']
  // Not asked whether to leave, wherever a test ended.
  await watched?.electron.evaluate(({ app }) => app.exit()).catch(() => undefined)
  await docker?.stop()
  await registry?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('where no engine answers it is said, and one that was started meanwhile is found and loaded into', async () => {
  test.setTimeout(180_000)
  const { page } = watched
  await operator.openLibrary(join(folder, 'ours'))
  await page.getByRole('button', { name: 'Load all' }).click()
  const dialog = page.getByRole('dialog', { name: 'Load 3 images' })
  await expect(dialog).toContainText('does not answer')
  docker = await startDocker()
  await symlink(docker.socket, join(folder, 'docker.sock'))
  await dialog.getByRole('button', { name: 'Look again' }).click()
  await expect(dialog.getByRole('radio')).toHaveCount(1)
  await expect(dialog.getByRole('list', { name: 'Images to load' })).toContainText('to load')
  await dialog.getByRole('button', { name: /^Load into Docker/ }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText(/^3 images loaded into Docker \S+\.$/)).toBeVisible({
    timeout: 60_000,
  })
  const held = await docker.run('images', '--format', '{{.Repository}}:{{.Tag}}')
  for (const reference of references) expect(held).toContain(`nvcr.io/${reference}`)

  await operator.images.getByRole('option').first().click()
  const image = page.getByRole('complementary', { name: 'Image' })
  await expect(image.getByRole('region', { name: 'What was done' })).toContainText(/Loaded.*Docker/)
  await page.getByRole('button', { name: 'Close image' }).click()
  await page.getByRole('button', { name: 'Load all' }).click()
  await expect(page.getByRole('dialog')).toContainText('There is nothing to load.')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.getByRole('button', { name: 'Dismiss' }).click()
})

test('a registry refuses a wrong password in a sentence, and takes what it lacks with the right one', async () => {
  const { page } = watched
  await page.getByRole('button', { name: 'Push all' }).click()
  const dialog = page.getByRole('dialog', { name: 'Push 3 images' })
  await dialog.getByLabel('Registry').fill(`${registry.host}/ngc`)
  await dialog.getByLabel('User name').fill(login.username)
  await dialog.getByRole('textbox', { name: 'Password' }).fill('wrong')
  await dialog.getByRole('button', { name: 'Show the names' }).click()
  await expect(dialog.getByRole('alert')).toContainText(registry.host)
  await expect(dialog.getByRole('alert')).not.toContainText('wrong')
  await dialog.getByRole('textbox', { name: 'Password' }).fill(login.password)
  await dialog.getByRole('button', { name: 'Show the names' }).click()
  await expect(dialog.getByRole('list', { name: 'Names in the registry' })).toContainText(
    `${registry.host}/ngc/${references[0]}`,
  )
  await dialog.getByRole('button', { name: 'Push', exact: true }).click()
  await expect(page.getByText(`3 images pushed to ${registry.host}/ngc.`)).toBeVisible({
    timeout: 60_000,
  })
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  const tags = await fetch(new URL('/v2/ngc/nvidia/pytorch/tags/list', registry.address), {
    headers: { authorization },
  })
  expect(await tags.json()).toMatchObject({ tags: expect.arrayContaining(['24.03-py3']) })
  await page.getByRole('button', { name: 'Dismiss' }).click()
})

test('an engine that dies half-way fails what was left, and not what was done', async () => {
  test.setTimeout(120_000)
  const { page } = watched
  await docker.run('image', 'rm', ...references.map((reference) => `nvcr.io/${reference}`))
  await page.getByRole('button', { name: 'Load all' }).click()
  await page.getByRole('button', { name: /^Load into Docker/ }).click()
  await expect
    .poll(async () => await docker.run('images', '-q').catch(() => ''), {
      intervals: [20],
      timeout: 30_000,
    })
    .not.toBe('')
  await docker.kill()
  const ended = page.getByText(/^\d images? loaded into Docker \S+, \d failed\.$/)
  await expect(ended).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Show images' }).click()
  const rows = page.getByRole('list', { name: 'Images handed over' })
  await expect(rows.getByText('failed').first()).toBeVisible()
  await expect(rows).toContainText(/stopped answering|does not answer/)
  await page.getByRole('button', { name: 'Dismiss' }).click()
})

test('what the far side lacks becomes the selection, and the plan of the next trip', async () => {
  const { page } = watched
  await operator.openLibrary(join(folder, 'theirs'))
  await operator.willChoose(join(folder, 'ours'))
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.getByRole('menuitem', { name: 'With another folder' }).click()
  const dialog = page.getByRole('dialog', { name: 'Compare' })
  await expect(dialog.getByRole('region', { name: 'Missing' }).getByRole('listitem')).toHaveCount(2)
  await dialog.getByRole('button', { name: 'Select what is missing' }).click()
  await operator.practise()
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('2 images')
  await mkdir(join(folder, 'trip'))
  await operator.planFor(join(folder, 'trip'))
  await expect(page.getByRole('region', { name: 'Images of this plan' })).toContainText('24.03-py3')
})

test('all that by speaking to this machine alone', async () => {
  const addresses = await watched.end()
  expect(addresses.length).toBeGreaterThan(0)
  for (const address of addresses) expect(address).toMatch(/127\.0\.0\.1|::1/)
})
