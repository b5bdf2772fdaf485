import { execFile } from 'node:child_process'
import { readFile, realpath, stat, statfs } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { FoundDrive } from './drive-list.ts'
import {
  isNetworkFileSystem,
  largestFileBytes,
  parseMountInfo,
  parseMounts,
  type Mount,
} from './file-system.ts'
import { toldFreeBytes } from './space.ts'

/** By the table of mounts, with what lsblk knows of the devices behind them. */
export async function listLinuxDrives(): Promise<FoundDrive[]> {
  const mounts = new Map(
    parseMounts(await readMounts())
      .filter(isForPeople)
      .map((mount) => [mount.mountPoint, mount]),
  )
  const devices = await askLsblk()
  const found = await Promise.all(
    [...mounts.values()].map((mount) =>
      describe(mount, devices.get(mount.source)).catch(() => undefined),
    ),
  )
  return found.filter((drive) => drive !== undefined)
}

export async function findLinuxDrive(path: string): Promise<FoundDrive | undefined> {
  const mount = parseMountInfo(await readMounts(), path)
  if (mount === undefined) return undefined
  const devices = mount.source.startsWith('/dev/') ? await askLsblk() : undefined
  return await describe(mount, devices?.get(mount.source))
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

async function describe(mount: Mount, listed?: Device): Promise<FoundDrive | undefined> {
  const { mountPoint, source } = mount
  if (!(await stat(mountPoint)).isDirectory()) return undefined
  const device = listed?.fileSystem === undefined ? await askBlkid(source, listed) : listed
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
    isRemovable: device?.isRemovable === true || (await isRemovable(source)),
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

export interface Device {
  readonly id?: string
  readonly label?: string
  readonly fileSystem?: string
  readonly isRemovable: boolean
}

const run = promisify(execFile)

/** Labels, UUIDs, and file systems behind FUSE; minimal systems have no lsblk and are none the worse. */
async function askLsblk(): Promise<Map<string, Device>> {
  try {
    const { stdout } = await run('lsblk', ['-J', '-l', '-o', 'PATH,LABEL,UUID,FSTYPE,RM,HOTPLUG'], {
      timeout: 5_000,
    })
    return parseLsblk(stdout)
  } catch {
    return new Map()
  }
}

// Before version 2.34 flags were "0" and "1".
const flag = z.union([z.boolean(), z.enum(['0', '1']).transform((text) => text === '1')]).nullish()
const listing = z.object({
  blockdevices: z.array(
    z.object({
      path: z.string(),
      label: z.string().nullish(),
      uuid: z.string().nullish(),
      fstype: z.string().nullish(),
      rm: flag,
      hotplug: flag,
    }),
  ),
})

/** `lsblk -J -l -o PATH,LABEL,UUID,FSTYPE,RM,HOTPLUG`: by path. Throws when it is something else. */
export function parseLsblk(json: string): Map<string, Device> {
  return new Map(
    listing
      .parse(JSON.parse(json))
      .blockdevices.map(({ path, label, uuid, fstype, rm, hotplug }) => [
        path,
        {
          ...(label && { label }),
          ...(uuid && { id: uuid }),
          ...(fstype && { fileSystem: fstype }),
          isRemovable: rm === true || hotplug === true,
        },
      ]),
  )
}

/** Where no udev runs, as in containers, lsblk knows little; blkid looks at the device itself, if it may. */
async function askBlkid(source: string, known?: Device): Promise<Device | undefined> {
  if (!source.startsWith('/dev/')) return known
  try {
    const { stdout } = await run('blkid', ['-o', 'export', source], {
      timeout: 5_000,
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    })
    return { ...parseBlkid(stdout), isRemovable: known?.isRemovable === true }
  } catch {
    return known
  }
}

/** `blkid -o export`: `KEY=value` lines, with a backslash before signs that a shell would take. */
export function parseBlkid(lines: string): Omit<Device, 'isRemovable'> {
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}=(.+)$`, 'm').exec(lines)?.[1]?.replaceAll(/\\(.)/g, '$1')
  const label = value('LABEL')
  const id = value('UUID')
  const fileSystem = value('TYPE')
  return { ...(label && { label }), ...(id && { id }), ...(fileSystem && { fileSystem }) }
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
