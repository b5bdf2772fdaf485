import { onTestFinished } from 'vitest'
import { blankDrive } from './blank-drive.ts'
import { output } from './engines.ts'
import { temporaryFolder } from './made-tarball.ts'

/** A mounted ext4 file system of that size, taken down when the test ends. Needs root and loop devices. */
export async function smallDisk(sizeBytes: number): Promise<string> {
  const { image, mountPoint } = await blankDrive(await temporaryFolder(), sizeBytes)
  await output('/sbin/mkfs.ext4', ['-q', '-m', '0', '-O', '^has_journal', image])
  await output('mount', ['-o', 'loop', image, mountPoint])
  onTestFinished(async () => {
    await output('umount', ['--recursive', '--lazy', mountPoint])
  })
  return mountPoint
}
