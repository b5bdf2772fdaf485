import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { blankDrive } from './blank-drive.ts'
import { temporaryFolder } from './made-tarball.ts'

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
const run = promisify(execFile)

/** A mounted ext4 of that size on a loop device, taken down when the test ends. */
export async function ext4Drive(sizeBytes: number): Promise<string> {
  return await loopDrive(sizeBytes, ['mkfs.ext4', '-q', '-L', 'LINUX STICK'], ['mount'])
}

/** exFAT through FUSE; its program takes nothing but a device. */
export async function exfatDrive(sizeBytes: number): Promise<string> {
  return await loopDrive(sizeBytes, ['mkfs.exfat', '-L', 'EXSTICK'], ['mount.exfat-fuse'])
}

/** NTFS through FUSE. */
export async function ntfsDrive(sizeBytes: number): Promise<string> {
  return await loopDrive(sizeBytes, ['mkfs.ntfs', '-q', '-F', '-Q', '-L', 'NTSTICK'], ['ntfs-3g'])
}

async function loopDrive(
  sizeBytes: number,
  [make = '', ...makeOptions]: readonly string[],
  [mount = '', ...mountOptions]: readonly string[],
): Promise<string> {
  const { image, mountPoint } = await blankDrive(await temporaryFolder(), sizeBytes)
  const { stdout } = await run('losetup', ['--find', '--show', image], { env })
  const device = stdout.trim()
  onTestFinished(async () => {
    await run('losetup', ['--detach', device], { env })
  })
  await run(make, [...makeOptions, device], { env })
  await run(mount, [...mountOptions, device, mountPoint], { env, timeout: 10_000 })
  // FUSE programs mount a moment after they return.
  for (let attempt = 0; attempt < 100 && !(await isMounted(mountPoint)); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  onTestFinished(async () => {
    await run('umount', ['--lazy', mountPoint], { env })
  })
  return mountPoint
}

async function isMounted(folder: string): Promise<boolean> {
  return await run('mountpoint', ['-q', folder]).then(
    () => true,
    () => false,
  )
}
