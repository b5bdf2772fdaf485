import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readExternalImages } from '../../main/selection/external-images.ts'
import { formatReference } from '../../main/registry/reference.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string): Promise<string[]> {
  const file = join(folder, 'images.yml')
  await writeFile(file, text)
  return (await readExternalImages(file)).map((reference) => formatReference(reference))
}

test('the seed’s list is read, and unquoted tags stay as they are written', async () => {
  expect(
    await read(
      'images:\n  - name: quay.io/prometheus/node-exporter\n    tag: 1.10\n  - name: library/busybox\n',
    ),
  ).toEqual(['quay.io/prometheus/node-exporter:1.10', 'docker.io/library/busybox:latest'])
})

test('a bare list is read too', async () => {
  expect(await read('- {name: "127.0.0.1:5000/a/b", tag: x}')).toEqual(['127.0.0.1:5000/a/b:x'])
})

test.each([
  ['no list', 'images: 3'],
  ['an entry without a name', '- {tag: x}'],
  ['no YAML', '- {name: ['],
  ['a bad reference', '- {name: "UPPER/case", tag: x}'],
])('%s is refused in words', async (_, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'usage' })
})

test('a missing file is named', async () => {
  await expect(readExternalImages(join(folder, 'nowhere.yml'))).rejects.toThrow(
    /nowhere\.yml cannot be used/,
  )
})
