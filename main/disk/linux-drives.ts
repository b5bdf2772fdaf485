import { readFile, stat, statfs } from 'node:fs/promises'
import { basename } from 'node:path'
import type { FoundDrive } from './drive-list.ts'
import {
  isNetworkFileSystem,
  largestFileBytes,
  parseMountInfo,
  parseMounts,
  type Mount,
} from './file-system.ts'
import { readDevice, type Device } from './linux-device.ts'
import { toldFreeBytes } from './space.ts'

/** By the table of mounts, with what is known of the devices behind them. */
export async function listLinuxDrives(): Promise<FoundDrive[]> {
  const mounts = new Map(
    parseMounts(await readMounts())
      .filter(isForPeople)
      .map((mount) => [mount.mountPoint, mount]),
  )
  const found = await Promise.all(
    [...mounts.values()].map((mount) => describe(mount).catch(() => undefined)),
  )
  return found.filter((drive) => drive !== undefined)
}

export async function findLinuxDrive(path: string): Promise<FoundDrive | undefined> {
  const mount = parseMountInfo(await readMounts(), path)
  return mount && (await describe(mount))
}

function readMounts(): Promise<string> {
  return readFile('/proc/self/mountinfo', 'utf8')
}

/** Whole file systems on devices, networks or FUSE; not what the system mounts for itself, nor files bound into containers. */
export function isForPeople({ mountPoint, source, fileSystem, root }: Mount): boolean {
  if (/^\/(?:boot|snap|proc|sys|dev|etc|var\/(?:lib|snap))(?:\/|$)/.test(mountPoint)) return false
  // Programs that are images of file systems (AppImage), and what sessions mount for themselves.
  if (/^\/(?:tmp\/\.mount_|run\/(?!media\/))/.test(mountPoint)) return false
  if (mountPoint === '/') return true
  if (isNetworkFileSystem(fileSystem)) return true
  const isOffered = /^\/(?:media|run\/media|mnt|Volumes)\//.test(mountPoint)
  if (/^fuse(?:\.(?!portal|gvfsd|lxcfs|snapfuse|fuse-overlayfs)|blk$)/.test(fileSystem)) return true
  if (!source.startsWith('/dev/')) return isOffered && fileSystem === 'tmpfs'
  return isOffered || (!source.startsWith('/dev/loop') && root === '/')
}

async function describe(mount: Mount): Promise<FoundDrive | undefined> {
  const { mountPoint, source } = mount
  if (!(await stat(mountPoint)).isDirectory()) return undefined
  const device = source.startsWith('/dev/') ? await readDevice(source) : undefined
  const stats = await statfs(mountPoint)
  const freeBytes = toldFreeBytes(stats)
  const fileSystem = trueFileSystem(mount, device)
  const largest = largestFileBytes(fileSystem)
  return {
    mountPoint,
    device: source,
    ...(device?.id !== undefined && { id: device.id }),
    name: device?.label || basename(mountPoint) || mountPoint,
    fileSystem,
    isRemovable: device?.isRemovable === true,
    isNetwork: isNetworkFileSystem(fileSystem),
    isReadOnly: mount.isReadOnly,
    totalBytes: stats.blocks * stats.bsize,
    ...(freeBytes !== undefined && { freeBytes }),
    ...(largest !== undefined && { largestFileBytes: largest }),
  }
}

/** What FUSE mounts on a device is called `fuseblk`, whatever it is; the device knows. */
export function trueFileSystem({ fileSystem }: Mount, device?: Device): string {
  return fileSystem === 'fuseblk' ? (device?.fileSystem ?? fileSystem) : fileSystem
}
