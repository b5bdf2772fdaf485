import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTarball } from '../../main/archive/parts.ts'
import { readTarball } from '../../main/archive/read.ts'
import type { TarballImage } from '../../main/archive/image.ts'
import { emptyLayer, makeImage, makeLayer, type MadeImage } from '../../main/sandbox/image.ts'
import { runCli } from '../support/cli.ts'
import { startDocker, type Engine } from '../support/engines.ts'
import { lacking } from '../support/part.ts'
import { startRegistry, type RealRegistry } from '../support/registry.ts'
import { startRegistryProxy, type RegistryProxy } from '../support/registry-proxy.ts'
import { expect } from './application.ts'
import { test, type Operator } from './operator.ts'

// Docker as the source: a dockerd of its own pulls from a real registry, behind something that can hold it up.
const lack = lacking(['dockerd', 'docker', 'docker-registry'])
test.skip(lack !== undefined, lack)
test.describe.configure({ timeout: 120_000 })

let registry: RealRegistry
let proxy: RegistryProxy
let docker: Engine
const { DOCKER_HOST: before } = process.env

test.beforeAll(async () => {
  test.setTimeout(120_000)
  ;[registry, docker] = await Promise.all([startRegistry(), startDocker()])
  proxy = await startRegistryProxy(registry.address)
  process.env['DOCKER_HOST'] = `unix://${docker.socket}`
})
test.afterEach(async () => {
  delete proxy.hold
  delete proxy.refuse
  await docker.run('image', 'prune', '--all', '--force')
})
test.afterAll(async () => {
  if (before === undefined) delete process.env['DOCKER_HOST']
  else process.env['DOCKER_HOST'] = before
  await proxy?.close()
  await Promise.all([registry?.stop(), docker?.stop()])
})

test('an operator chooses Docker, watches it pull layer by layer, and carries away what the registry has', async ({
  operator,
  folder,
}) => {
  const { page } = operator
  const image = await published('whole')
  const held = image.layers[1]!.descriptor
  const free = holdUp(held.digest, 2_000_000)
  await planWithDocker(operator, folder, 'whole')
  await expect(page.getByRole('region', { name: 'Where from' })).toContainText('Docker pulls')
  await operator.start()
  const transfer = operator.transfers.first()
  await expect(transfer).toContainText('Docker is pulling')
  await transfer.getByRole('button', { name: 'Layers of hello whole' }).click()
  const layers = transfer.getByRole('list', { name: 'Layers' })
  // Docker tells of a layer some times a second, and has told less than came.
  await expect(layers.getByRole('listitem').nth(1)).toHaveText(/[1-9][\d.]* [kM]B of 6\.00 MB$/)
  await expect(layers.getByRole('listitem').nth(2)).toHaveText(/3\.00 MB$/)
  await expect(transfer).toContainText(/\d\.\d+ MB of \d+\.?\d* MB/)
  free()
  await expect(operator.safe).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Open in library' }).click()
  await expect(operator.images.getByRole('option')).toHaveText([/hello whole.*complete/])
  await operator.images.getByRole('option').first().click()
  await page.getByRole('button', { name: 'Verify all' }).click()
  await expect(page.getByRole('complementary', { name: 'Image' })).toContainText('intact')
  expect(await docker.run('images', '--all', '--quiet')).toBe('')

  const fromDocker = await imageIn(folder)
  const fromRegistry = await imageIn(await savedByCli(folder, 'whole'))
  expect(fromDocker.configDigest).toBe(image.config.descriptor.digest)
  expect(fromDocker).toMatchObject({
    references: fromRegistry.references,
    configDigest: fromRegistry.configDigest,
    diffIds: fromRegistry.diffIds,
  })
})

test('cancelling ends the pull at the engine, and leaves nothing there or in the folder', async ({
  operator,
  folder,
}) => {
  const { page } = operator
  const { layers } = await published('cancelled', 30_000_000)
  const { digest } = layers[1]!.descriptor
  const free = holdUp(digest, 1_000_000)
  await planWithDocker(operator, folder, 'cancelled')
  await operator.start()
  await expect(operator.transfers.first()).toContainText('Docker is pulling')
  await page.getByRole('button', { name: 'Cancel hello cancelled' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel transfer' }).click()
  await expect(operator.transfers.first()).toContainText('Cancelled')
  // It is told of at the next bytes that come, of which there are more than lines hold.
  free()
  const asked = () => proxy.requests.find(({ url }) => url.includes(digest))
  await expect.poll(() => asked()?.isLeft).toBe(true)
  expect(await docker.run('images', '--all', '--quiet')).toBe('')
  expect((await readdir(folder)).filter((name) => name.includes('.tar'))).toEqual([])
})

test('what the engine has already is not pulled, and stays there', async ({ operator, folder }) => {
  const { layers } = await published('there')
  await docker.run('pull', `${proxy.host}/acme/hello:there`)
  proxy.requests.length = 0
  await planWithDocker(operator, folder, 'there')
  await operator.start()
  await expect(operator.safe).toBeVisible({ timeout: 60_000 })
  const urls = proxy.requests.map(({ url }) => url).join(' ')
  for (const { descriptor } of layers) expect(urls).not.toContain(descriptor.digest)
  expect(await docker.run('images', '--format', '{{.Tag}}')).toContain('there')
  expect((await imageIn(folder)).references).toEqual([`${proxy.host}/acme/hello:there`])
})

test('what the engine says within its answer is shown, and trying again helps', async ({
  operator,
  folder,
}) => {
  const { page } = operator
  const { layers } = await published('broken')
  proxy.refuse = { url: layers[1]!.descriptor.digest, status: 404 }
  await planWithDocker(operator, folder, 'broken')
  await operator.start()
  const transfer = operator.transfers.first()
  await expect(transfer).toContainText(/Docker \S+ refused it: /, { timeout: 30_000 })
  await expect(operator.safe).toHaveCount(0)
  delete proxy.refuse
  await page.getByRole('button', { name: 'Retry', exact: true }).click()
  await expect(operator.safe).toBeVisible({ timeout: 60_000 })
})

/** An image with a small layer, a large one and one of 3 MB, the like of which no other has. */
async function published(tag: string, largeBytes = 6_000_000): Promise<MadeImage> {
  const layers = [100_000, largeBytes, 3_000_000].map((sizeBytes) =>
    makeLayer({ seed: `${tag} ${sizeBytes}`, sizeBytes }),
  )
  const platform = { os: 'linux', architecture: 'amd64' }
  const image = makeImage({ platform, layers: [...layers, emptyLayer()] })
  await registry.push('acme/hello', image, tag)
  return image
}

/** Of that blob no more comes than so many bytes until the call that it gives. */
function holdUp(digest: string, afterBytes: number): () => void {
  const release = new AbortController()
  proxy.hold = { url: digest, afterBytes, until: once(release.signal, 'abort') }
  return () => release.abort()
}

async function planWithDocker(operator: Operator, folder: string, tag: string): Promise<void> {
  const { page } = operator
  await operator.change({ site: site() })
  await page.getByRole('button', { name: 'Browse as guest' }).click()
  await operator.paste(`docker pull ${proxy.host}/acme/hello:${tag}`)
  await operator.planFor(folder)
  await page.getByRole('radiogroup', { name: 'Where from' }).getByText('Docker').click()
  await expect(page.getByRole('radio', { name: 'Docker' })).toBeChecked()
}

function site(): Record<'catalog' | 'auth' | 'registry' | 'dgx', string> {
  const origin = `http://${proxy.host}`
  return { catalog: origin, auth: origin, registry: origin, dgx: origin }
}

async function savedByCli(folder: string, tag: string): Promise<string> {
  const output = join(folder, 'from the registry')
  await mkdir(output)
  await writeFile(join(output, 'site.json'), JSON.stringify(site()))
  const reference = `${proxy.host}/acme/hello:${tag}`
  const run = await runCli([
    '--site',
    join(output, 'site.json'),
    '--output-path',
    output,
    reference,
  ])
  expect(run.code).toBe(0)
  return output
}

async function imageIn(folder: string): Promise<TarballImage> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.tar')) ?? ''
  const tarball = await openTarball([join(folder, name)])
  try {
    const reading = await readTarball(tarball)
    if (reading.status !== 'complete') throw new Error(`${name} is ${reading.status}`)
    return reading.images[0]!
  } finally {
    await tarball.close()
  }
}
