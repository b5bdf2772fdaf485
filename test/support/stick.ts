import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { blankDrive } from './blank-drive.ts'
import { temporaryFolder } from './made-tarball.ts'

const run = promisify(execFile)

/** An NTFS drive that can be pulled out while it is written to, and plugged in again. */
export interface Stick {
  readonly mountPoint: string
  /** As when it is pulled out: every write fails from now on. */
  readonly pull: () => Promise<void>
  readonly plugIn: () => Promise<void>
}

/** Not FAT: fusefat fails reads and writes of one file side by side. */
export async function stick(sizeBytes: number): Promise<Stick> {
  const { image, mountPoint } = await blankDrive(await temporaryFolder(), sizeBytes)
  await run('mkfs.ntfs', ['--force', '--fast', '--quiet', image], { env })
  const plugIn = async (): Promise<void> => {
    await run('ntfs-3g', ['-o', 'recover', image, mountPoint], { env, timeout: 10_000 })
  }
  const unmount = (): Promise<unknown> => run('umount', ['--lazy', mountPoint])
  await plugIn()
  onTestFinished(async () => void (await unmount()))
  return {
    mountPoint,
    plugIn,
    async pull() {
      await run('pkill', ['-KILL', '--full', `^ntfs-3g .*${image}`])
      await unmount()
    },
  }
}

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
