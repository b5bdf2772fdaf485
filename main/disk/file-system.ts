/** One line of Linux' `/proc/self/mountinfo` (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly mountPoint: string
  readonly fileSystem: string
  readonly source: string
  /** What of the file system is mounted there: `/` is all of it. */
  readonly root: string
  readonly isReadOnly: boolean
}

/** All mounts, in the order of the table; of those at one place the last hides the others. */
export function parseMounts(table: string): Mount[] {
  return table.split('\n').flatMap((line) => parseLine(line) ?? [])
}

export function isNetworkFileSystem(fileSystem: string): boolean {
  return /^(?:nfs\d?|cifs|smb\d?|smbfs|afpfs|webdav|9p|ceph|glusterfs|lustre|fuse\.(?:sshfs|rclone|s3fs|gcsfuse|ceph|glusterfs))$/i.test(
    fileSystem,
  )
}

/** The mount that a real path lies on: the longest mount point above it; of equal ones the last hides the others. */
export function parseMountInfo(table: string, path: string): Mount | undefined {
  return parseMounts(table)
    .filter(({ mountPoint }) => isAtOrBelow(path, mountPoint))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.mountPoint.length > mount.mountPoint.length ? best : mount),
      undefined,
    )
}

/** The largest file a file system holds, where that is a limit images can reach. */
export function largestFileBytes(fileSystem: string): number | undefined {
  const name = fileSystem.toLowerCase()
  // fusefat refuses to grow a file past 2 GiB, though FAT32 itself ends at 4 GiB.
  if (name === 'fuse.fusefat') return 2 ** 31 - 1
  return ['vfat', 'msdos', 'msdosfs', 'fat', 'fat32', 'fat16'].includes(name)
    ? 2 ** 32 - 1
    : undefined
}

function parseLine(line: string): Mount | undefined {
  const [before, after] = line.split(' - ')
  const [, , , root = '/', mountPoint, options = ''] = before?.split(' ') ?? []
  const [fileSystem, source, ofSuperBlock = ''] = after?.split(' ') ?? []
  if (mountPoint === undefined || fileSystem === undefined) return undefined
  return {
    mountPoint: unescape(mountPoint),
    fileSystem,
    source: unescape(source ?? ''),
    root: unescape(root),
    // One mount of it may be, or all of it.
    isReadOnly: [options, ofSuperBlock].some((list) => list.split(',').includes('ro')),
  }
}

function isAtOrBelow(path: string, mountPoint: string): boolean {
  return path === mountPoint || mountPoint === '/' || path.startsWith(`${mountPoint}/`)
}

/** Blanks and backslashes stand in the table as octal escapes. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  )
}
