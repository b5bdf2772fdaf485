import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { ext4Drive } from '../support/loop-drive.ts'
import { stick } from '../support/stick.ts'
import { amd64 } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'
import { stage } from '../support/saving-stage.ts'

const image = makeImage({
  platform: amd64,
  layers: [20_000_000, 15_000_000].map((sizeBytes, at) =>
    makeLayer({ seed: `drive ${at}`, sizeBytes }),
  ),
})
const neededBytes = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0)

async function goesOnByItself(folder: string): Promise<void> {
  const filler = join(folder, 'holiday.mov')
  const { server, save, isWhole } = await stage(image, folder)
  const told: number[] = []
  let isFilled = false
  await save({
    // Someone else fills the drive in mid-write, and clears it when asked to.
    onProgress({ writtenBytes }) {
      if (isFilled || writtenBytes < 5_000_000) return
      isFilled = true
      fill(filler)
    },
    onWaiting(missingBytes) {
      told.push(missingBytes)
      rmSync(filler)
    },
  })
  expect(told).toHaveLength(1)
  expect(told[0]).toBeGreaterThan(10_000_000)
  expect(told[0]).toBeLessThan(neededBytes)
  expect(server.sentBytes()).toBe(neededBytes)
  await isWhole()
}

/** Writes until the drive takes no more. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  const bytes = Buffer.alloc(65_536)
  try {
    for (;;) writeSync(file, bytes)
  } catch {
    closeSync(file)
  }
}

describeWith(['mkfs.ext4', 'losetup'], 'an ext4 drive', () => {
  it('that fills up holds the transfer up, and goes on by itself when there is room', async () => {
    await goesOnByItself(await ext4Drive(64_000_000))
  })
})

describeWith(['mkfs.ext4', 'losetup'], 'a drive with room for one image', () => {
  it('gives up what is left of an earlier one rather than wait', async () => {
    const [first, second] = image.layers
    const longer = makeLayer({ seed: 'drive 2', sizeBytes: 10_000_000 })
    const earlier = makeImage({ platform: amd64, layers: [first!, longer] })
    const folder = await ext4Drive(52_000_000)
    const before = await stage(earlier, folder)
    before.server.dropAfter(25_000_000)
    await expect(before.save()).rejects.toMatchObject({ code: 'network' })

    const { server, save, isWhole } = await stage(image, folder)
    await save({ onWaiting: () => expect.unreachable('there is room') })
    expect(server.sentBytes()).toBeLessThanOrEqual(first!.descriptor.size + second!.descriptor.size)
    await isWhole()
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('earlier'))
  })
})

describeWith(['fusefat', 'mkfs.fat'], 'a FAT drive', () => {
  it('that fills up holds the transfer up, and goes on by itself when there is room', async () => {
    await goesOnByItself(await fatDrive(64 * 2 ** 20))
  })
})

describeWith(['ntfs-3g', 'mkfs.ntfs', 'pkill'], 'a drive', () => {
  it('that is pulled out in mid-write is told in words, and gone on with when it is back', async () => {
    const drive = await stick(64 * 2 ** 20)
    const { server, save, isWhole, warnings } = await stage(image, drive.mountPoint)
    server.bytesPerSecond = 6_000_000
    server.reached(25_000_000, () => void drive.pull())
    await expect(save()).rejects.toMatchObject({ code: 'destination' })
    await drive.plugIn()
    expect(await readdir(drive.mountPoint)).toHaveLength(2)
    server.bytesPerSecond = 0
    await save()
    await isWhole()
    expect(warnings).toEqual([])
    // What had come since the last mark may be lost, and no more.
    expect(server.sentBytes()).toBeLessThan(neededBytes + 20_000_000)
  })
})
