import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { runCli } from '../support/cli.ts'
import { lacking } from '../support/part.ts'
import { startRegistry, type RealRegistry } from '../support/registry.ts'
import { expect, launch } from './application.ts'
import { Operator, test } from './operator.ts'

const lack = lacking(['docker-registry'])
test.skip(lack !== undefined, lack)

const tags = ['one', 'two']
let registry: RealRegistry

test.beforeAll(async () => {
  registry = await startRegistry()
  const common = makeLayer({ seed: 'common', sizeBytes: 600_000 })
  for (const tag of tags) {
    const own = makeLayer({ seed: tag, sizeBytes: 400_000 })
    const platform = { os: 'linux', architecture: 'amd64' }
    await registry.push('acme/hello', makeImage({ platform, layers: [common, own] }), tag)
  }
})
test.afterAll(() => registry?.stop())

test.describe('on a real registry, an operator', () => {
  test('carries pasted images over, to the bytes that the command line writes', async ({
    operator,
    folder,
  }) => {
    const { page } = operator
    await begin(operator)
    await operator.planFor(await madeFolder(folder, 'stick'))
    await expect(page.getByRole('region', { name: 'Images of this plan' })).toContainText(
      /hello one.*new.*hello two.*new/,
    )
    await operator.start()
    await expect(operator.safe).toBeVisible()
    await page.getByRole('button', { name: 'Open in library' }).click()
    await expect(operator.images.getByRole('option')).toHaveText([/one.*complete/, /two.*complete/])
    await operator.images.getByRole('option').last().click()
    await page.getByRole('button', { name: 'Verify all' }).click()
    await expect(page.getByRole('complementary', { name: 'Image' })).toContainText('intact')
    expect(await tarballs(join(folder, 'stick'))).toEqual(await savedByCli(folder))
  })

  test('is killed in the middle, starts again, and ends with the same bytes', async ({
    userData,
    folder,
  }) => {
    const first = await launch(userData)
    const before = new Operator(first)
    await begin(before)
    await before.change({ limitBytesPerSecond: 200_000, jobs: 1 })
    await before.planFor(await madeFolder(folder, 'stick'))
    await before.start()
    await expect(before.transfers).toHaveText([/Downloading/, /Waiting/])
    first.electron.process().kill('SIGKILL')
    await first.electron.waitForEvent('close')
    expect(await tarballs(join(folder, 'stick'))).toEqual({})

    const second = await launch(userData)
    const after = new Operator(second)
    await after.view('Transfers')
    await expect(after.transfers).toHaveText([/hello one/, /hello two/])
    await after.change({ limitBytesPerSecond: null })
    await expect(after.safe).toBeVisible({ timeout: 20_000 })
    await second.electron.close()
    expect(await tarballs(join(folder, 'stick'))).toEqual(await savedByCli(folder))
  })
})

/** As a guest; there is a registry and no catalogue, which keeps nobody from pasting. */
async function begin(operator: Operator): Promise<void> {
  await operator.change({ site: site() })
  await operator.page.getByRole('button', { name: 'Browse as guest' }).click()
  await operator.paste(
    `docker pull ${registry.host}/acme/hello:one\n${registry.host}/acme/hello:two`,
  )
}

function site(): Record<'catalog' | 'auth' | 'registry' | 'dgx', string> {
  const { origin } = registry.address
  return { catalog: origin, auth: origin, registry: origin, dgx: origin }
}

async function savedByCli(folder: string): Promise<Record<string, string>> {
  const output = join(folder, 'output')
  await writeFile(join(folder, 'site.json'), JSON.stringify(site()))
  const references = tags.map((tag) => `${registry.host}/acme/hello:${tag}`)
  const args = ['--site', join(folder, 'site.json'), '--output-path', output, ...references]
  expect((await runCli(args)).code).toBe(0)
  return await tarballs(output)
}

async function madeFolder(parent: string, name: string): Promise<string> {
  await mkdir(join(parent, name))
  return join(parent, name)
}

async function tarballs(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.tar'))
  const sums = await Promise.all(
    names.toSorted().map(async (name) => {
      const bytes = await readFile(join(folder, name))
      return [name, createHash('sha256').update(bytes).digest('hex')] as const
    }),
  )
  return Object.fromEntries(sums)
}
