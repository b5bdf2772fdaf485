import { execFile } from 'node:child_process'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

/** What the system knows of the block device that a file system lies on. */
export interface Device {
  /** The UUID or serial number of its file system. */
  readonly id?: string
  readonly label?: string
  readonly fileSystem?: string
  /** A stick, a card, or a disk that is plugged in, itself or below what encrypts it. */
  readonly isRemovable: boolean
}

/**
 * By /sys and the database of udev, which are files: a program is started only where those name no file system, as without udev.
 * Never throws.
 */
export async function readDevice(path: string): Promise<Device> {
  const folder = await folderOf(path)
  const number = folder && (await textOf(join(folder, 'dev')))
  const known = parseUdev(number ? await textOf(`/run/udev/data/b${number.trim()}`) : '')
  return {
    ...(known.fileSystem === undefined ? await askBlkid(path) : known),
    isRemovable: folder !== undefined && (await isRemovable(folder)),
  }
}

/** Within /sys/devices, below all that the device hangs on. The node may be a link (/dev/mapper), or lie outside a container. */
async function folderOf(path: string): Promise<string | undefined> {
  const node = await realpath(path).catch(() => path)
  // The kernel has `!` for what in /dev is a folder.
  const name = relative('/dev', node).replaceAll('/', '!')
  return await realpath(join('/sys/class/block', name)).catch(() => undefined)
}

/**
 * Of a device's folder within /sys/devices. A partition's lies within that of its disk, which has the flag; what encrypts or
 * joins others names them.
 */
export async function isRemovable(folder: string): Promise<boolean> {
  if (/\/usb\d+\//.test(folder)) return true
  const isCard = folder.includes('/mmc_host/')
  const tellsAbove = isCard || folder.includes('/nvme/')
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const word = (await textOf(join(at, 'removable'))).trim()
    if (word === '1') return true
    // What is soldered on, and what is plugged in from outside; of other buses some call what is inside removable.
    if (tellsAbove && (word === 'removable' || word === 'fixed')) return word === 'removable'
    if (!tellsAbove && at.endsWith('/block')) break
  }
  if (isCard) return true
  for (const name of await readdir(join(folder, 'slaves')).catch(() => [])) {
    const below = await realpath(join(folder, 'slaves', name)).catch(() => undefined)
    if (below !== undefined && (await isRemovable(below))) return true
  }
  return false
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}

/** A file of /run/udev/data: properties are `E:KEY=value` lines, those that end in ENC with `\xHH` for what is no plain letter. */
export function parseUdev(lines: string): Omit<Device, 'isRemovable'> {
  const value = (key: string): string | undefined =>
    valueOf(lines, `E:ID_FS_${key}`)?.replaceAll(/\\x([2-7][\da-f])/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  return deviceOf(value('UUID_ENC'), value('LABEL_ENC'), value('TYPE'))
}

/** Looks at the device itself, if it may. */
async function askBlkid(path: string): Promise<Omit<Device, 'isRemovable'>> {
  try {
    const { stdout } = await promisify(execFile)('blkid', ['-o', 'export', path], {
      timeout: 5_000,
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    })
    return parseBlkid(stdout)
  } catch {
    return {}
  }
}

/** `blkid -o export`: `KEY=value` lines, with a backslash before signs that a shell would take. */
export function parseBlkid(lines: string): Omit<Device, 'isRemovable'> {
  const value = (key: string): string | undefined => valueOf(lines, key)?.replaceAll(/\\(.)/g, '$1')
  return deviceOf(value('UUID'), value('LABEL'), value('TYPE'))
}

function valueOf(lines: string, key: string): string | undefined {
  const line = lines.split('\n').find((each) => each.startsWith(`${key}=`))
  return line?.slice(key.length + 1)
}

function deviceOf(
  id: string | undefined,
  label: string | undefined,
  fileSystem: string | undefined,
): Omit<Device, 'isRemovable'> {
  return { ...(id && { id }), ...(label && { label }), ...(fileSystem && { fileSystem }) }
}
