import { execFileSync } from 'node:child_process'
import {
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inventory, readLibrary } from '../../main/library/inventory.ts'
import {
  layoutOf,
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'

describe('the inventory of a folder', () => {
  it('lists a tarball with all that the far side asks for', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage()
    const { sizeBytes } = await writeImage(folder, image)
    expect(await inventory(folder)).toEqual({
      folder,
      images: [
        {
          file: 'practice.tar',
          reference: practiceReference,
          digest: image.manifest.descriptor.digest,
          platform: 'linux/amd64',
          sizeBytes,
          created: '2024-05-01T00:00:00Z',
          layers: image.layers.map(({ descriptor }) => ({
            digest: descriptor.digest,
            sizeBytes: descriptor.size,
          })),
          env: expect.arrayContaining(['CUDA_VERSION=12.4']),
          labels: { 'com.example.seed': 'practice' },
          status: 'complete',
        },
      ],
      problems: [],
    })
  })

  it('takes parts as one, and says which is missing', async () => {
    const folder = await temporaryFolder()
    const { files, sizeBytes } = await writeImage(folder, practiceImage(), {
      maxFileSizeBytes: 8000,
    })
    expect(await inventory(folder)).toMatchObject({
      images: [
        {
          file: 'practice.tar',
          files: files.map(({ name }) => name),
          sizeBytes,
          status: 'complete',
        },
      ],
      problems: [],
    })
    await rm(join(folder, 'practice.tar.001'))
    expect(await inventory(folder)).toMatchObject({
      images: [{ reference: practiceReference, status: 'torn' }],
      problems: [{ file: 'practice.tar', kind: 'torn', detail: 'Part 001 is missing.' }],
    })
  })

  it('notices when the last part is missing', async () => {
    const folder = await temporaryFolder()
    const { files } = await writeImage(folder, practiceImage(), { maxFileSizeBytes: 8000 })
    await rm(join(folder, files.at(-1)?.name ?? ''))
    expect(await inventory(folder)).toMatchObject({ problems: [{ kind: 'torn' }] })
  })

  it('lists what was never finished as such, half-named parts too', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage())
    await rename(join(folder, 'practice.tar'), join(folder, 'practice.tar.partial'))
    await truncate(join(folder, 'practice.tar.partial'), 15_000)
    await writeImage(folder, practiceImage(), { name: 'other.tar', maxFileSizeBytes: 8000 })
    await rename(join(folder, 'other.tar.000'), join(folder, 'other.tar.000.partial'))
    const { images, problems } = await inventory(folder)
    expect(images).toMatchObject([
      { file: 'other.tar.partial', reference: practiceReference, status: 'partial' },
      { file: 'practice.tar.partial', reference: practiceReference, status: 'partial' },
    ])
    expect(problems).toMatchObject([{ kind: 'partial' }, { kind: 'partial' }])
  })

  it('lists torn, damaged and foreign files, opens no pipe or link, and is stopped by nothing', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage())
    await copyFile(join(folder, 'practice.tar'), join(folder, 'torn.tar'))
    await truncate(join(folder, 'torn.tar'), 20_000)
    const damaged = await readFile(join(folder, 'practice.tar'))
    damaged.write('?', damaged.indexOf('"schemaVersion"'))
    await writeFile(join(folder, 'damaged.tar'), damaged)
    await writeFile(join(folder, 'text.tar'), 'hello')
    await writeFile(join(folder, 'packed.tar.gz'), gzipSync('hello'))
    await writeFile(join(folder, 'holiday.jpg'), 'hello')
    await writeFile(join(folder, 'state.yml'), '{}')
    await writeFile(join(folder, 'SHA256SUMS'), '')
    await mkdir(join(folder, 'folder.tar'))
    await symlink('/etc/passwd', join(folder, 'link.tar'))
    execFileSync('mkfifo', [join(folder, 'pipe.tar')])
    const { images, problems } = await inventory(folder)
    expect(images.map(({ file, status }) => `${file} ${status}`)).toEqual([
      'damaged.tar damaged',
      'holiday.jpg foreign',
      'packed.tar.gz foreign',
      'practice.tar complete',
      'text.tar foreign',
      'torn.tar torn',
    ])
    expect(problems.map(({ file, kind }) => `${file} ${kind}`)).toEqual([
      'damaged.tar damaged',
      'packed.tar.gz foreign',
      'text.tar foreign',
      'torn.tar torn',
    ])
    expect(images.find(({ file }) => file === 'torn.tar')?.reference).toBe(practiceReference)
  })

  it('says when there is no such folder', async () => {
    await expect(inventory(join(await temporaryFolder(), 'none'))).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('of five hundred tarballs takes about a second', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, practiceImage('many', 100), { name: '000.tar' })
    const copies = Array.from(
      { length: 499 },
      (_, number) => `${String(number + 1).padStart(3, '0')}.tar`,
    )
    await Promise.all(copies.map((name) => copyFile(join(folder, '000.tar'), join(folder, name))))
    const before = performance.now()
    const { images } = await inventory(folder)
    expect(images).toHaveLength(500)
    // A quarter of it on an idle machine; the rest is for a busy one.
    expect(performance.now() - before).toBeLessThan(3000)
  })

  it('knows where each blob lies', async () => {
    const folder = await temporaryFolder()
    const image = practiceImage()
    await writeImage(folder, image, { maxFileSizeBytes: 8000 })
    const { places } = await readLibrary(folder)
    const last = layoutOf(image).members.at(-1)
    expect(places.get(image.layers[1]?.descriptor.digest ?? 'sha256:')).toEqual({
      name: 'practice.tar',
      offset: last?.dataOffset,
      isPartial: false,
    })
  })
})
