import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import type { FoundDrive } from './drive-list.ts'
import { largestFileBytes } from './file-system.ts'
import { toldFreeBytes } from './space.ts'

/** By `mount`, with what diskutil knows of each volume. Also for the other systems that have a `mount`. */
export async function listMacDrives(): Promise<FoundDrive[]> {
  const { stdout } = await run('/sbin/mount', [], { timeout: 5_000 })
  const found = await Promise.all(
    macMountsForPeople(parseMacMounts(stdout)).map((mount) =>
      describe(mount).catch(() => undefined),
    ),
  )
  return found.filter((drive) => drive !== undefined)
}

const run = promisify(execFile)

async function describe(mount: MacMount): Promise<FoundDrive> {
  const { mountPoint, device, fileSystem, isNetwork, isReadOnly } = mount
  const volume = isNetwork ? undefined : await askDiskutil(mountPoint)
  const stats = await statfs(mountPoint)
  const freeBytes = toldFreeBytes(stats)
  const largest = largestFileBytes(fileSystem)
  return {
    mountPoint,
    device,
    ...(volume?.id !== undefined && { id: volume.id }),
    name: volume?.label ?? (basename(mountPoint) || mountPoint),
    fileSystem,
    isRemovable: volume?.isRemovable === true,
    isNetwork,
    isReadOnly,
    totalBytes: stats.blocks * stats.bsize,
    ...(freeBytes !== undefined && { freeBytes }),
    ...(largest !== undefined && { largestFileBytes: largest }),
  }
}

async function askDiskutil(mountPoint: string): Promise<MacVolume | undefined> {
  try {
    const { stdout } = await run('/usr/sbin/diskutil', ['info', '-plist', mountPoint], {
      timeout: 10_000,
    })
    return parseDiskutil(stdout)
  } catch {
    return undefined
  }
}

export interface MacMount {
  readonly device: string
  readonly mountPoint: string
  readonly fileSystem: string
  readonly isNetwork: boolean
  readonly isReadOnly: boolean
  /** Not shown by the Finder: the system's own volumes. */
  readonly isHidden: boolean
}

/**
 * Lines of `mount`: `/dev/disk4s1 on /Volumes/STICK (msdos, local, nodev, nosuid, noowners)`. File systems outside the
 * kernel are `lifs` on macOS 13, and only their device tells which: `msdos://disk4s1/STICK on /Volumes/STICK (lifs, …)`.
 */
export function parseMacMounts(table: string): MacMount[] {
  return table.split('\n').flatMap((line) => {
    const [, device, mountPoint, inBrackets] = /^(.+?) on (\/.*) \(([^()]*)\)$/.exec(line) ?? []
    if (device === undefined || mountPoint === undefined || inBrackets === undefined) return []
    const [type = '', ...options] = inBrackets.split(', ')
    const [, scheme] = /^([a-z0-9]+):\/\//.exec(device) ?? []
    const fileSystem = type === 'lifs' ? (scheme ?? type) : type
    return [
      {
        device,
        mountPoint,
        fileSystem,
        isNetwork: !options.includes('local'),
        isReadOnly: options.includes('read-only'),
        isHidden: options.includes('nobrowse'),
      },
    ]
  })
}

/**
 * What the Finder shows. Since macOS 10.15 `/` is sealed and read-only, and what is written there lands on a volume of its
 * own: the two are one drive.
 */
export function macMountsForPeople(mounts: readonly MacMount[]): MacMount[] {
  const data = mounts.find(({ mountPoint }) => mountPoint === '/System/Volumes/Data')
  return mounts.flatMap((mount) => {
    if (mount.mountPoint === '/') return [{ ...mount, isReadOnly: (data ?? mount).isReadOnly }]
    return mount.isHidden ? [] : [mount]
  })
}

export interface MacVolume {
  readonly id?: string
  readonly label?: string
  readonly isRemovable: boolean
}

/** `diskutil info -plist`: a property list, in whose outer dictionary alone stand the values that matter. */
export function parseDiskutil(plist: string): MacVolume {
  const flag = (key: string): boolean | undefined => {
    const [, value] = new RegExp(`<key>${key}</key>\\s*<(true|false)\\s*/>`).exec(plist) ?? []
    return value === undefined ? undefined : value === 'true'
  }
  const text = (key: string): string | undefined =>
    new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(plist)?.[1]
  const label = text('VolumeName')
  const id = text('VolumeUUID')
  return {
    ...(id && { id }),
    ...(label && { label: unescapeXml(label) }),
    // The first since macOS 10.13; before that only whether the medium itself can be taken out.
    isRemovable: flag('RemovableMediaOrExternalDevice') ?? flag('Ejectable') ?? false,
  }
}

function unescapeXml(text: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => signs[name] ?? '')
}
