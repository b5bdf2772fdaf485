import { listLinuxDrives, findLinuxDrive } from './linux-drives.ts'
import { listMacDrives } from './mac-drives.ts'
import { listWindowsDrives } from './windows-drives.ts'

/** A mounted drive as people know it. */
export interface FoundDrive {
  readonly mountPoint: string
  /** `/dev/sdb1`, or what the system calls it. */
  readonly device: string
  /** Of its file system; see `DriveIdentity`. */
  readonly id?: string
  /** Its label, or the last of its mount point. */
  readonly name: string
  readonly fileSystem?: string
  /** A stick, a card, or a disk that is plugged in. */
  readonly isRemovable: boolean
  readonly isNetwork: boolean
  readonly isReadOnly: boolean
  /** 0 where it does not tell. */
  readonly totalBytes: number
  /** Absent where it does not tell. */
  readonly freeBytes?: number
  readonly largestFileBytes?: number
}

/** The drives that someone may want to save to; what cannot be asked is left out. Never throws. */
export async function listDrives(): Promise<FoundDrive[]> {
  const drives = await list().catch(() => [])
  return drives.toSorted(
    (a, b) =>
      Number(b.isRemovable) - Number(a.isRemovable) || (a.mountPoint < b.mountPoint ? -1 : 1),
  )
}

function list(): Promise<FoundDrive[]> {
  if (process.platform === 'linux') return listLinuxDrives()
  return process.platform === 'win32' ? listWindowsDrives() : listMacDrives()
}

/** The drive that a real path lies on, listed or not; undefined where the system does not tell. Never throws. */
export async function findDrive(path: string): Promise<FoundDrive | undefined> {
  if (process.platform === 'linux') return await findLinuxDrive(path).catch(() => undefined)
  return driveOf(await listDrives(), path)
}

/** Of these drives, the one that a real path lies on. */
export function driveOf(drives: readonly FoundDrive[], path: string): FoundDrive | undefined {
  return drives
    .filter(({ mountPoint }) => isAtOrBelow(path, mountPoint))
    .toSorted((a, b) => b.mountPoint.length - a.mountPoint.length)[0]
}

function isAtOrBelow(path: string, mountPoint: string): boolean {
  const root = mountPoint.replace(/[/\\]+$/, '')
  // Windows takes `e:` for `E:`.
  const isLetter = /^[a-z]:$/i.test(root) && path.slice(0, 2).toLowerCase() === root.toLowerCase()
  const same = isLetter ? root + path.slice(2) : path
  return same === mountPoint || same.startsWith(`${root}/`) || same.startsWith(`${root}\\`)
}
