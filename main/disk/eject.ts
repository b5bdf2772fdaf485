import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AppError } from '../api/errors.ts'
import type { FoundDrive } from './drive-list.ts'

const run = promisify(execFile)

export function canEject(drive: FoundDrive): boolean {
  return (
    drive.isRemovable && !drive.isNetwork && ['linux', 'darwin', 'win32'].includes(process.platform)
  )
}

/** Takes a drive out of use, so that it may be unplugged. Throws AppError `destination` when the system will not. */
export async function eject(drive: FoundDrive): Promise<void> {
  const failures: string[] = []
  for (const [program, ...args] of waysToEject(process.platform, drive)) {
    if (program === undefined) continue
    try {
      await run(program, args, { timeout: 60_000 })
      return
    } catch (error) {
      failures.push(reasonOf(error))
    }
  }
  throw new AppError('destination', `${drive.name} could not be ejected.`, {
    hint: /busy|in use/i.test(failures.join(' '))
      ? 'A program still uses it: close its windows and try again.'
      : 'Eject it with the file manager of the system.',
    cause: new Error(failures.join('; ')),
  })
}

/** Commands to try one after another. Arguments are never put together into a line for a shell. */
export function waysToEject(platform: NodeJS.Platform, drive: FoundDrive): string[][] {
  const { device, mountPoint } = drive
  if (platform === 'linux') {
    const viaDisks = device.startsWith('/dev/')
      ? [['udisksctl', 'unmount', '--no-user-interaction', '-b', device]]
      : [['fusermount', '-u', '--', mountPoint]]
    return [...viaDisks, ['umount', '--', mountPoint]]
  }
  if (platform === 'darwin') return [['diskutil', 'eject', mountPoint]]
  const letter = /^([A-Za-z]):/.exec(mountPoint)?.[1]
  if (platform !== 'win32' || letter === undefined) return []
  const script = `(New-Object -ComObject Shell.Application).NameSpace(17).ParseName('${letter}:').InvokeVerb('Eject')`
  return [['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', script]]
}

function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const text = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : ''
  return text || (error instanceof Error ? error.message : '')
}
