import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { blankDrive } from './blank-drive.ts'

const run = promisify(execFile)

/** A FAT file system in a file, mounted through FUSE. */
export type MountedFat = {
  mountPoint: string
  /** At once, whatever is being written to it; what comes later meets a drive that is gone. */
  pullOut: () => Promise<void>
  plugIn: () => Promise<void>
  /** As an operator does; the mount point stays, and is empty. */
  unmount: () => Promise<void>
}

/** Makes and mounts it below `folder`. Where FAT32 (`bits`) is small, fusefat does not tell its size. */
export async function mountFat(
  folder: string,
  sizeBytes: number,
  bits?: 12 | 16 | 32,
): Promise<MountedFat> {
  const { image, mountPoint } = await blankDrive(folder, sizeBytes)
  await run('mkfs.fat', [...(bits === undefined ? [] : ['-F', String(bits)]), image], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  })
  const mount = async (): Promise<void> => {
    await run('fusefat', ['-o', 'rw+', image, mountPoint], { timeout: 10_000 })
  }
  const unmount = async (): Promise<void> => {
    await run('umount', ['--lazy', mountPoint])
  }
  await mount()
  return {
    mountPoint,
    async pullOut() {
      const { stdout } = await run('pgrep', ['--full', `^fusefat .* ${mountPoint}$`])
      process.kill(Number(stdout.trim()), 'SIGKILL')
    },
    async plugIn() {
      // After it was pulled out a dead mount is in the way.
      await unmount().catch(() => undefined)
      await mount()
    },
    unmount,
  }
}
