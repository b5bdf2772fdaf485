import { execFile } from 'node:child_process'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './made-tarball.ts'

const run = promisify(execFile)

/** A mounted FAT file system of that size, taken down when the test ends. */
export async function fatDrive(sizeBytes: number): Promise<string> {
  const folder = await temporaryFolder()
  const image = join(folder, 'drive.img')
  const mountPoint = join(folder, 'drive')
  await writeFile(image, '')
  await truncate(image, sizeBytes)
  await mkdir(mountPoint)
  await run('mkfs.fat', [image], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  })
  await run('fusefat', ['-o', 'rw+', image, mountPoint], { timeout: 10_000 })
  onTestFinished(async () => {
    await run('umount', ['--lazy', mountPoint])
  })
  return mountPoint
}
