import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDriveFiles } from '../../main/drive-files/drive-files.ts'
import { formatTable } from '../../main/drive-files/table.ts'
import { inventory, type LibraryImage } from '../../main/library/inventory.ts'
import { savedImage } from '../../main/library/saved-image.ts'
import { parseReference } from '../../main/registry/reference.ts'
import { explainedDrive } from '../support/explained-drive.ts'
import {
  layoutOf,
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'

const empty = { images: [], problems: [] }
const ours = [
  'README.txt',
  'inventory.html',
  'inventory.json',
  'inventory.tsv',
  'load.ps1',
  'load.sh',
]

function image(number: number, more: Partial<LibraryImage> = {}): LibraryImage {
  return {
    file: `image-${String(number).padStart(3, '0')}.tar`,
    reference: `nvcr.io/nvidia/image:${number}`,
    digest: `sha256:${'0'.repeat(64)}`,
    platform: 'linux/amd64',
    sizeBytes: 1000,
    created: '2024-05-01T00:00:00Z',
    layers: [],
    env: [],
    labels: {},
    status: 'complete',
    ...more,
  }
}

const jsonIn = async (folder: string): Promise<{ images: LibraryImage[] }> =>
  JSON.parse(await readFile(join(folder, 'inventory.json'), 'utf8')) as { images: LibraryImage[] }

describe('the files of a drive', () => {
  it('are all there, are no foreign files, and the program may be run', async () => {
    const folder = await explainedDrive([{ reference: practiceReference }])
    expect(await readdir(folder)).toEqual([
      ...ours.slice(0, 1),
      'SHA256SUMS',
      ...ours.slice(1),
      'nvcr.io_nvidia_practice_24.05-py3_linux-amd64.tar',
    ])
    expect((await inventory(folder)).images).toHaveLength(1)
    expect((await stat(join(folder, 'load.sh'))).mode & 0o111).not.toBe(0)
    execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: folder })
  })

  it('tell of a saved image what the inventory finds in its tarball', async () => {
    for (const maxFileSizeBytes of [undefined, 8000]) {
      const folder = await temporaryFolder()
      const made = practiceImage()
      const name = 'practice.tar'
      const { files } = await writeImage(folder, made, { name, maxFileSizeBytes })
      const reference = parseReference(practiceReference)
      const layout = layoutOf(made)
      const layers = made.layers.map(({ descriptor }) => descriptor)
      const told = savedImage(
        {
          reference,
          name,
          layout,
          platform: 'linux/amd64',
          digest: made.manifest.descriptor.digest,
          sizeBytes: layout.sizeBytes,
          notes: [],
          state: 'new',
          fetchBytes: 0,
          image: { ...made, layers, extras: [] },
          stateEntry: { repository: '', tag: '', changeKey: '' },
        },
        files,
      )
      expect([told]).toEqual((await inventory(folder)).images)
    }
  })

  it('take a saved image in place of what was known of its tarball', async () => {
    const folder = await temporaryFolder()
    const torn = image(1, { file: 'image-001.tar.partial', status: 'partial' })
    const problems = [
      { file: torn.file, kind: 'partial', detail: 'It was never finished.' },
    ] as const
    const holiday = image(9, { file: 'holiday.jpg', status: 'foreign', reference: null })
    const files = createDriveFiles(folder, { images: [torn, holiday, image(2)], problems })
    await files.update()
    expect((await jsonIn(folder)).images).toEqual([torn, image(2)])
    await files.update(image(1))
    expect(await jsonIn(folder)).toMatchObject({ images: [image(1), image(2)], problems: [] })
    expect(await readFile(join(folder, 'inventory.tsv'), 'utf8')).toBe(
      '# NGC Replicator: image\tplatform\tparts\ttarball\n' +
        'nvcr.io/nvidia/image:1\tlinux/amd64\t0\timage-001.tar\n' +
        'nvcr.io/nvidia/image:2\tlinux/amd64\t0\timage-002.tar\n',
    )
  })

  it('tell of what another run saved since the folder was read', async () => {
    const folder = await temporaryFolder()
    const files = createDriveFiles(folder, await inventory(folder))
    await writeImage(folder, practiceImage(), { name: 'theirs.tar' })
    await writeImage(folder, practiceImage(), { name: 'ours.tar' })
    await files.update(image(1, { file: 'ours.tar' }))
    const { images } = await jsonIn(folder)
    expect(images.map(({ file }: { file: string }) => file)).toEqual(['ours.tar', 'theirs.tar'])
  })

  it('hold all of many images that were saved at the same time, and nothing half-written', async () => {
    const folder = await temporaryFolder()
    const files = createDriveFiles(folder, empty)
    const numbers = Array.from({ length: 300 }, (_, number) => number)
    await Promise.all(numbers.map((number) => files.update(image(number))))
    expect((await jsonIn(folder)).images).toHaveLength(300)
    expect(await readFile(join(folder, 'inventory.html'), 'utf8')).toContain('300 images')
    expect(await readdir(folder)).toEqual(ours)
  })

  it('leave alone what somebody else put there under the same name, and say so', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'README.txt'), 'My own words.')
    await symlink('/etc/hostname', join(folder, 'load.sh'))
    execFileSync('mkfifo', [join(folder, 'inventory.json')])
    const files = createDriveFiles(folder, empty)
    const left = await files.update(image(1))
    expect(left).toEqual(['README.txt', 'inventory.json', 'load.sh'])
    expect(await readFile(join(folder, 'README.txt'), 'utf8')).toBe('My own words.')
    expect(await files.update(image(2))).toEqual(['inventory.json'])
  })

  it('are all written but the one that cannot be, and that one by the next update', async () => {
    const folder = await temporaryFolder()
    const inTheWay = join(folder, `.inventory.json.${process.pid}.tmp`)
    await mkdir(inTheWay)
    const files = createDriveFiles(folder, empty)
    await expect(files.update(image(1))).rejects.toThrow(inTheWay)
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(['inventory.html', 'inventory.tsv']),
    )
    await rmdir(inTheWay)
    expect(await files.update()).toEqual([])
    expect(await readdir(folder)).toEqual(ours)
  })

  it('read well in Notepad and in less', async () => {
    const folder = await explainedDrive([])
    const text = await readFile(join(folder, 'README.txt'), 'latin1')
    expect(text).toMatch(/^[\r\n\x20-\x7E]+$/)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThan(80)
  })
})

describe('the table for the load scripts', () => {
  it('has only whole tarballs of this folder, and names that break no line', () => {
    const hostile = ['a\tb', 'a\nb', '#a', ' a', '', 'a\u202Eb', '\u001B[31m'].map((reference) =>
      image(1, { reference }),
    )
    const table = formatTable([
      ...hostile,
      image(2, { status: 'torn' }),
      image(3, { file: '../x.tar' }),
      image(4, { reference: null, platform: null, file: 'saved by hand.tar' }),
      image(5, { files: ['image-005.tar.000', 'image-005.tar.001'] }),
    ])
    expect(table.split('\n').slice(1)).toEqual([
      'saved by hand.tar\tunknown\t0\tsaved by hand.tar',
      'nvcr.io/nvidia/image:5\tlinux/amd64\t2\timage-005.tar',
      '',
    ])
  })
})
