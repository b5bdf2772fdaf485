import { realpath } from 'node:fs/promises'
import { AppError } from '../api/errors.ts'
import { identityOf, isSameDrive, type DriveIdentity } from '../disk/drive-identity.ts'
import { findDrive, type FoundDrive } from '../disk/drive-list.ts'
import { formatBytes } from '../format.ts'

/**
 * Sees to it that a folder lies on the drive that it was planned on. A mount point that stays when its drive is gone is an
 * empty folder of the disk below, and the next stick may be mounted at the same place: neither is to be filled instead.
 * Returns the drive that was found; undefined where none was planned, or the system does not tell.
 * Throws AppError `destination`.
 */
export async function expectSameDrive(
  folder: string,
  planned: DriveIdentity | undefined,
): Promise<FoundDrive | undefined> {
  if (planned === undefined) return undefined
  const real = await realpath(folder).catch(() => undefined)
  const found = real === undefined ? undefined : await findDrive(real)
  // What cannot be looked at is told by who writes there.
  if (found === undefined) return undefined
  const { mountPoint } = planned
  if (found.mountPoint !== mountPoint) {
    throw new AppError('destination', `${folder} is not on the drive that this was planned for.`, {
      hint: `Plug it in again, so that it is mounted at ${mountPoint}, or choose another folder.`,
    })
  }
  const now = identityOf(found)
  if (isSameDrive(planned, now)) return found
  const message = `Another drive is at ${mountPoint} now: ${words(now)}. This was planned for ${words(planned)}.`
  throw new AppError('destination', message, {
    hint: 'Put the planned drive back and try again, or choose another folder. Nothing was written to this one.',
  })
}

/** Drives may have the same label, and the same size. */
function words({ name, totalBytes, id }: DriveIdentity): string {
  const facts = [formatBytes(totalBytes), id].filter((fact) => fact !== undefined)
  return `${name} (${facts.join(', ')})`
}
