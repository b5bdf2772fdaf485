import { execFile } from 'node:child_process'
import { readFile, realpath, stat, statfs } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { isNetworkFileSystem, largestFileBytes, parseMounts, type Mount } from './file-system.ts'

/** A mounted drive as people know it. */
export interface FoundDrive {
  readonly mountPoint: string
  /** `/dev/sdb1`, or what the system calls it. */
  readonly device: string
  readonly name: string
  readonly fileSystem?: string
  readonly isRemovable: boolean
  readonly isNetwork: boolean
  readonly isReadOnly: boolean
  readonly totalBytes: number
  readonly freeBytes: number
  readonly largestFileBytes?: number
}

/** The drives that someone may want to save to; what cannot be asked is left out. Never throws. */
export async function listDrives(): Promise<FoundDrive[]> {
  const drives = process.platform === 'linux' ? await linuxDrives() : await otherDrives()
  return drives.toSorted(
    (a, b) =>
      Number(b.isRemovable) - Number(a.isRemovable) || (a.mountPoint < b.mountPoint ? -1 : 1),
  )
}

/** The drive that a real path lies on. */
export function driveOf(drives: readonly FoundDrive[], path: string): FoundDrive | undefined {
  return drives
    .filter(({ mountPoint }) => isAtOrBelow(path, mountPoint))
    .toSorted((a, b) => b.mountPoint.length - a.mountPoint.length)[0]
}

function isAtOrBelow(path: string, mountPoint: string): boolean {
  const root = mountPoint.replace(/[/\\]+$/, '')
  return path === mountPoint || path.startsWith(`${root}/`) || path.startsWith(`${root}\\`)
}

async function linuxDrives(): Promise<FoundDrive[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  const mounts = new Map(
    parseMounts(table)
      .filter(isForPeople)
      .map((mount) => [mount.mountPoint, mount]),
  )
  const devices = await askLsblk()
  const found = await Promise.all(
    [...mounts.values()].map((mount) => describe(mount, devices.get(mount.source))),
  )
  return found.filter((drive) => drive !== undefined)
}

/** Whole file systems on devices, networks or FUSE; not what the system mounts for itself, nor files bound into containers. */
export function isForPeople({ mountPoint, source, fileSystem, root }: Mount): boolean {
  if (/^\/(?:boot|snap|proc|sys|dev|etc|var\/(?:lib|snap))(?:\/|$)/.test(mountPoint)) return false
  if (mountPoint === '/') return true
  if (isNetworkFileSystem(fileSystem)) return true
  const isOffered = /^\/(?:media|run\/media|mnt|Volumes)\//.test(mountPoint)
  if (/^fuse(?:\.(?!portal|gvfsd|lxcfs|snapfuse)|blk$)/.test(fileSystem)) return true
  if (!source.startsWith('/dev/')) return isOffered && fileSystem === 'tmpfs'
  return isOffered || (!source.startsWith('/dev/loop') && root === '/')
}

async function describe(mount: Mount, device?: Device): Promise<FoundDrive | undefined> {
  try {
    const { mountPoint, source } = mount
    if (!(await stat(mountPoint)).isDirectory()) return undefined
    const { bavail, blocks, bsize } = await statfs(mountPoint)
    const fileSystem =
      mount.fileSystem === 'fuseblk' ? (device?.fstype ?? 'fuseblk') : mount.fileSystem
    const largest = largestFileBytes(fileSystem)
    return {
      mountPoint,
      device: source,
      name: device?.label || basename(mountPoint) || mountPoint,
      fileSystem,
      isRemovable: device?.isRemovable ?? (await isRemovable(source)),
      isNetwork: isNetworkFileSystem(fileSystem),
      isReadOnly: mount.isReadOnly,
      totalBytes: blocks * bsize,
      freeBytes: bavail * bsize,
      ...(largest !== undefined && { largestFileBytes: largest }),
    }
  } catch {
    return undefined
  }
}

type Device = { label?: string | undefined; fstype?: string | undefined; isRemovable: boolean }

const run = promisify(execFile)

const flag = z.union([z.boolean(), z.enum(['0', '1']).transform((text) => text === '1')]).nullish()
const listing = z.object({
  blockdevices: z.array(
    z.object({
      path: z.string(),
      label: z.string().nullish(),
      fstype: z.string().nullish(),
      rm: flag,
      hotplug: flag,
    }),
  ),
})

/** Labels, and file systems behind FUSE; minimal systems have no lsblk and are none the worse. */
async function askLsblk(): Promise<Map<string, Device>> {
  try {
    const { stdout } = await run('lsblk', ['-J', '-l', '-o', 'PATH,LABEL,FSTYPE,RM,HOTPLUG'], {
      timeout: 5_000,
    })
    const { blockdevices } = listing.parse(JSON.parse(stdout))
    return new Map(
      blockdevices.map(({ path, label, fstype, rm, hotplug }) => [
        path,
        {
          label: label ?? undefined,
          fstype: fstype ?? undefined,
          isRemovable: rm === true || hotplug === true,
        },
      ]),
    )
  } catch {
    return new Map()
  }
}

/** A partition's directory lies within that of its disk, which has the flag. */
async function isRemovable(source: string): Promise<boolean> {
  if (!source.startsWith('/dev/')) return false
  const folder = await realpath(`/sys/class/block/${basename(source)}`).catch(() => '')
  for (const path of [`${folder}/removable`, `${folder}/../removable`]) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text !== '') return text.trim() === '1'
  }
  return false
}

/** macOS and Windows. */
async function otherDrives(): Promise<FoundDrive[]> {
  try {
    // Linux never needs it, and should not wait for it at the start.
    const { default: si } = await import('systeminformation')
    const [sizes, devices] = await Promise.all([si.fsSize(), si.blockDevices()])
    return sizes.flatMap(({ fs, type, size, available, mount, rw }) => {
      if (size <= 0 || /^\/(?:System|private|dev)(?:\/|$)/.test(mount)) return []
      const device = devices.find((one) => one.mount === mount)
      const drive: FoundDrive = {
        mountPoint: mount,
        device: fs,
        name: device?.label || mount,
        fileSystem: type,
        isRemovable: device?.removable === true,
        isNetwork: isNetworkFileSystem(type),
        isReadOnly: rw === false,
        totalBytes: size,
        freeBytes: available,
      }
      const largest = largestFileBytes(type)
      return largest === undefined ? drive : Object.assign(drive, { largestFileBytes: largest })
    })
  } catch {
    return []
  }
}
