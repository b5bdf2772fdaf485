import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { layoutTarball } from '../../main/archive/layout.ts'
import { openTarball } from '../../main/archive/parts.ts'
import { readTarball } from '../../main/archive/read.ts'
import { makeImage, makeIndex, makeLayer } from '../../main/sandbox/image.ts'
import { output } from '../support/engines.ts'
import {
  amd64,
  layoutOf,
  practiceImage,
  practiceReference,
  temporaryFolder,
} from '../support/made-tarball.ts'

const blob = ({ digest }: { digest: string }): string => digest.replace('sha256:', 'blobs/sha256/')

describe('the layout of a tarball', () => {
  it('puts the lists first, then the documents, then the layers', () => {
    const image = practiceImage()
    const { index } = makeIndex({ children: [image] })
    const { members, digest } = layoutOf(image, practiceReference, [index])
    expect(members.map(({ name }) => name)).toEqual([
      'oci-layout',
      'index.json',
      'manifest.json',
      blob(image.config.descriptor),
      blob(image.manifest.descriptor),
      blob(index.descriptor),
      ...image.layers.map(({ descriptor }) => blob(descriptor)),
    ])
    expect(digest).toBe(image.manifest.descriptor.digest)
  })

  it('knows every offset, and the size, before a layer is there', () => {
    const layout = layoutOf(practiceImage())
    let offset = 0
    for (const member of layout.members) {
      expect(member.headerOffset).toBe(offset)
      expect(member.dataOffset).toBe(offset + member.header.length)
      offset = Math.ceil((member.dataOffset + member.sizeBytes) / 512) * 512
    }
    expect(layout.sizeBytes).toBe(offset + 1024)
  })

  it('holds a layer once, however often it is listed', () => {
    const layer = makeLayer({ seed: 'again', sizeBytes: 100 })
    const image = makeImage({ platform: amd64, layers: Array.from({ length: 40 }, () => layer) })
    expect(layoutOf(image).members).toHaveLength(6)
  })

  it('is equal for equal images', () => {
    expect(layoutOf(practiceImage())).toEqual(layoutOf(practiceImage()))
  })

  it('refuses an image that lists a digest with two sizes', () => {
    const image = practiceImage()
    const [layer] = image.layers
    if (layer === undefined) throw new Error('no layer')
    const layers = [layer.descriptor, { ...layer.descriptor, size: 1 }]
    expect(() => layoutTarball({ ...image, layers, extras: [] }, practiceReference)).toThrow(
      'two sizes',
    )
  })

  it('has room for a layer of 9 GiB, and tar agrees', async () => {
    const image = practiceImage()
    const [layer] = image.layers
    if (layer === undefined) throw new Error('no layer')
    const size = 9 * 2 ** 30
    const large = { ...layer.descriptor, digest: `sha256:${'9'.repeat(64)}`, size } as const
    // The manifest must tell the same layers, for a reader goes by it.
    const published = makeImage({
      platform: amd64,
      layers: [{ ...layer, descriptor: large }, ...image.layers],
    })
    const layout = layoutOf(published)
    const folder = await temporaryFolder()
    await mkdir(folder, { recursive: true })
    const path = join(folder, 'large.tar')
    const file = await open(path, 'w')
    for (const { header, headerOffset, dataOffset, source } of layout.members) {
      await file.write(header, 0, header.length, headerOffset)
      if (source.kind === 'bytes')
        await file.write(source.bytes, 0, source.bytes.length, dataOffset)
    }
    await file.truncate(layout.sizeBytes)
    await file.close()
    const listed = await output('tar', ['tvf', path])
    expect(listed).toContain(` ${size} `)
    expect(listed.trim().split('\n')).toHaveLength(layout.members.length)
    const tarball = await openTarball([path])
    expect(await readTarball(tarball)).toMatchObject({
      status: 'complete',
      images: [{ references: [practiceReference], layers: [{ sizeBytes: size }, {}, {}] }],
    })
    await tarball.close()
  })
})
