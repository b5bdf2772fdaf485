import { realpath } from 'node:fs/promises'
import { AppError } from '../../api/errors.ts'
import { findDrive } from '../../disk/drive-list.ts'

/**
 * Sees to it that a folder lies on the mount that it was planned on. A mount point that stays when its drive is gone is an
 * empty folder of the disk below, which must not be filled instead. Throws AppError `destination`.
 */
export async function expectSameDrive(folder: string, planned: string | undefined): Promise<void> {
  if (planned === undefined) return
  const real = await realpath(folder).catch(() => undefined)
  const drive = real === undefined ? undefined : await findDrive(real)
  // What cannot be looked at is told by who writes there.
  if (drive === undefined || drive.mountPoint === planned) return
  throw new AppError('destination', `${folder} is not on the drive that this was planned for.`, {
    hint: `Plug it in again, so that it is mounted at ${planned}, or choose another folder.`,
  })
}
