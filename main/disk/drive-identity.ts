import type { FoundDrive } from './drive-list.ts'

/** What tells a drive from another one that is mounted at the same place later. */
export type DriveIdentity = Pick<
  FoundDrive,
  'mountPoint' | 'name' | 'isRemovable' | 'totalBytes'
> & {
  /** Of its file system: a UUID or a serial number, absent where the system does not tell. */
  readonly id?: string | undefined
}

export function identityOf(drive: FoundDrive): DriveIdentity {
  const { mountPoint, id, name, isRemovable, totalBytes } = drive
  return { mountPoint, name, isRemovable, totalBytes, ...(id !== undefined && { id }) }
}

/** Whether both are one drive. Without ids a removable one is known by label and size; others are not swapped in passing. */
export function isSameDrive(a: DriveIdentity, b: DriveIdentity): boolean {
  if (a.mountPoint !== b.mountPoint) return false
  if (a.id !== undefined && b.id !== undefined) return a.id === b.id
  const isSwappable = a.isRemovable || b.isRemovable
  return !isSwappable || (a.name === b.name && a.totalBytes === b.totalBytes)
}
