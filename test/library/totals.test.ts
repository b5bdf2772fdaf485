import { copyFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inventory } from '../../main/library/inventory.ts'
import { totalsOf } from '../../main/library/totals.ts'
import { practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'

test('layers that a torn or unfinished tarball only tells of are not counted as shared', async () => {
  const folder = await temporaryFolder()
  const image = practiceImage()
  const { sizeBytes } = await writeImage(folder, image)
  for (const name of ['torn.tar', 'begun.tar.partial']) {
    await copyFile(join(folder, 'practice.tar'), join(folder, name))
    await truncate(join(folder, name), 10_000)
  }
  const broken = await inventory(folder)
  expect(broken.images.map(({ layers }) => layers.length)).toEqual([2, 2, 2])
  expect(totalsOf(broken.images)).toEqual({ totalBytes: sizeBytes + 20_000, sharedBytes: 0 })
  await copyFile(join(folder, 'practice.tar'), join(folder, 'again.tar'))
  const layerBytes = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)
  const { images } = await inventory(folder)
  expect(totalsOf(images)).toMatchObject({ sharedBytes: layerBytes })
})
