import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openTarball, type Tarball } from '../../main/archive/parts.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { ext4Drive } from '../support/loop-drive.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { practiceImage, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

/** Sizes around what is read at once and what a drive stores at once. */
const sizes = [1, 511, 4096, 2 ** 21, 2 ** 21 + 1, 3 * 2 ** 21 - 17]

async function tarballOf(folder: string, bytes: readonly Buffer[]): Promise<Tarball> {
  const paths = bytes.map((_, part) => join(folder, `bytes.tar.00${part}`))
  for (const [part, path] of paths.entries()) await writeFile(path, bytes[part] ?? '')
  const tarball = await openTarball(paths)
  onTestFinished(() => tarball.close())
  return tarball
}

describeWith(['mkfs.ext4', 'losetup'], 'past the cache', () => {
  it('the same bytes come, in slabs of any size, across parts, to the last of them', async () => {
    const bytes = sizes.map((size) => randomBytes(size))
    const tarball = await tarballOf(await ext4Drive(64 * 2 ** 20), bytes)
    const medium = await tarball.pastCache()
    expect(medium?.sizeBytes).toBe(tarball.sizeBytes)
    for (const slabBytes of [1000, 65_536, 2 ** 20, 5_000_000]) {
      const got: Buffer[] = []
      for (let at = 0; at < tarball.sizeBytes;) {
        const slab = Buffer.alloc(slabBytes)
        const length = (await medium?.read(slab, at)) ?? 0
        expect(length).toBeGreaterThan(0)
        got.push(slab.subarray(0, length))
        at += length
      }
      expect(Buffer.concat(got).equals(Buffer.concat(bytes))).toBe(true)
    }
    await medium?.close()
  })

  it('a tarball in parts is verified, and it is told', async () => {
    const folder = await ext4Drive(64 * 2 ** 20)
    await writeImage(folder, practiceImage('direct', 9_000_000), { maxFileSizeBytes: 4_000_001 })
    const { files } = await verifyFiles({ folder })
    expect(files).toEqual([{ file: 'practice.tar', ok: true, problems: [], readFrom: 'medium' }])
  })
})

describeWith(['fusefat', 'mkfs.fat'], 'a drive that another program serves', () => {
  it('is verified, with a word that the cache may have answered', async () => {
    const folder = await fatDrive(16 * 2 ** 20)
    await writeImage(folder, practiceImage())
    const { files } = await verifyFiles({ folder })
    expect(files).toMatchObject([{ ok: true, readFrom: 'cache' }])
  })
})
