import { lstat, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Handlers } from '../api/contract.ts'
import { AppError } from '../api/errors.ts'
import type { Drive, Place, Places } from '../api/shapes.ts'
import { driveOf, type FoundDrive } from '../disk/drive-list.ts'
import { canEject, eject } from '../disk/eject.ts'
import { Grants } from './grants.ts'
import type { Ports } from './ports.ts'

export type PlacesService = {
  /** Throws AppError `denied` for a grant that was never given. */
  pathOf: (grant: string) => string
  /** Hands a folder out. */
  placeOf: (path: string) => Place
  driveOf: (path: string) => FoundDrive | undefined
  canEject: (path: string) => boolean
  /** Puts a folder on top of the recent ones. */
  remember: (path: string) => void
  /** Told whenever it was looked which drives there are. */
  onLooked: (listener: () => void) => void
  /** Looks which drives there are now. */
  refresh: () => Promise<void>
  /** The folder that a dropped or started-with path means: itself, or that of a file. */
  folderOf: (path: string) => Promise<string | undefined>
  close: () => void
  handlers: Pick<
    Handlers,
    'places.get' | 'places.choose' | 'places.drop' | 'places.show' | 'places.eject'
  >
}

const everyMs = 5_000
const mostRecent = 8

export function createPlaces(
  parts: Pick<Ports, 'keep' | 'publish' | 'dialogs' | 'system'> & {
    drives: () => Promise<FoundDrive[]>
    /** Whether anything is being written there. */
    isBusy: (drive: FoundDrive) => boolean
  },
): PlacesService {
  const { publish, dialogs, system } = parts
  const keep = parts.keep('places')
  const grants = new Grants()
  const listeners: (() => void)[] = []
  let drives: FoundDrive[] = []
  let last: Places | undefined
  let isLooking = false

  const placeOf = (path: string): Place => {
    const found = driveOf(drives, path)
    return { grant: grants.give(path), label: path, ...(found && { drive: shapeOf(found) }) }
  }
  const view = (): Places => ({
    drives: drives.map(({ mountPoint }) => placeOf(mountPoint)),
    recent: keep.get().recent.map(placeOf),
  })
  const announce = (): void => {
    const next = view()
    if (isDeepStrictEqual(next, last)) return
    last = next
    publish('places.changed', next)
  }
  const refresh = async (): Promise<void> => {
    // A drive that hangs must not be asked again and again.
    if (isLooking) return
    isLooking = true
    try {
      drives = await parts.drives()
    } finally {
      isLooking = false
    }
    announce()
    for (const listener of listeners) listener()
  }
  const remember = (path: string): void => {
    const recent = [path, ...keep.get().recent.filter((one) => one !== path)].slice(0, mostRecent)
    keep.set({ version: 1, recent })
    announce()
  }
  const timer = setInterval(() => void refresh().catch(() => undefined), everyMs)
  timer.unref()

  return {
    pathOf: (grant) => grants.pathOf(grant),
    placeOf,
    driveOf: (path) => driveOf(drives, path),
    canEject(path) {
      const drive = driveOf(drives, path)
      return drive !== undefined && canEject(drive)
    },
    remember,
    onLooked: (listener) => void listeners.push(listener),
    refresh,
    folderOf,
    close: () => clearInterval(timer),
    handlers: {
      async 'places.get'() {
        if (drives.length === 0) await refresh()
        return view()
      },
      async 'places.choose'() {
        const chosen = await dialogs.chooseFolder()
        if (chosen === undefined) return null
        const path = (await folderOf(chosen)) ?? chosen
        remember(path)
        return placeOf(path)
      },
      async 'places.drop'({ paths }) {
        const folders = await Promise.all(paths.map(folderOf))
        const found = [...new Set(folders.filter((path) => path !== undefined))]
        for (const path of found.toReversed()) remember(path)
        return found.map(placeOf)
      },
      async 'places.show'({ grant, file }) {
        const folder = grants.pathOf(grant)
        if (file === undefined) return await system.openFolder(folder)
        if (basename(file) !== file || file === '..' || file === '.')
          throw new AppError('usage', 'Only a file within the folder can be shown.')
        const path = join(folder, file)
        await lstat(path).catch((cause: unknown) => {
          throw new AppError('not-found', `${file} is not there any more.`, { cause })
        })
        system.showFile(path)
      },
      async 'places.eject'({ grant }) {
        const drive = driveOf(drives, grants.pathOf(grant))
        if (!drive || !canEject(drive))
          throw new AppError('unsupported', 'This drive cannot be ejected from here.')
        if (parts.isBusy(drive)) {
          throw new AppError('destination', `${drive.name} is being written to.`, {
            hint: 'Wait until its transfers are done, or pause them.',
          })
        }
        await eject(drive)
        await refresh()
      },
    },
  }
}

async function folderOf(path: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined) return undefined
  const isFolder = (await stat(real).catch(() => undefined))?.isDirectory() === true
  return isFolder ? real : dirname(real)
}

function shapeOf(drive: FoundDrive): Drive {
  const { mountPoint: _, device: _device, id: _id, ...shape } = drive
  return shape
}
