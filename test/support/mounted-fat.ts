import { execFile } from 'node:child_process'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A FAT file system in a file, mounted through FUSE; it can be pulled out and plugged in again. */
export type MountedFat = {
  mountPoint: string
  plugIn: () => Promise<void>
  /** At once, whatever is being written to it. */
  pullOut: () => Promise<void>
}

/** Makes and mounts it below `folder`. */
export async function mountFat(folder: string, sizeBytes: number): Promise<MountedFat> {
  const image = join(folder, 'drive.img')
  const mountPoint = join(folder, 'drive')
  await writeFile(image, '')
  await truncate(image, sizeBytes)
  await mkdir(mountPoint)
  await run('mkfs.fat', [image], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  })
  const plugIn = async (): Promise<void> => {
    await run('fusefat', ['-o', 'rw+', image, mountPoint], { timeout: 10_000 })
  }
  await plugIn()
  return {
    mountPoint,
    plugIn,
    pullOut: async () => void (await run('umount', ['--lazy', mountPoint])),
  }
}
