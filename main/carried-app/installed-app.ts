import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import packageJson from '../../package.json' with { type: 'json' }

/** The application as it is installed, and can be packed. */
export interface InstalledApp {
  /** What its packages call it, `NGC Replicator.app` on macOS. */
  readonly root: string
  readonly folder: string
  /** Files and folders in there that belong to it: what a user put beside them stays at home. */
  readonly names: readonly string[]
  readonly version: string
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/** The one that is running; undefined where it runs from its source, or by Node. */
export async function findInstalledApp(): Promise<InstalledApp | undefined> {
  // Electron alone has one.
  const { resourcesPath }: { resourcesPath?: string } = process
  if (resourcesPath === undefined) return undefined
  const list = await readFile(join(resourcesPath, CONTENTS_NAME), 'utf8').catch(() => undefined)
  if (list === undefined) return undefined
  const { platform, arch } = process
  const { name, version } = packageJson
  const folder = platform === 'darwin' ? resolve(resourcesPath, '..', '..') : dirname(resourcesPath)
  const root = platform === 'darwin' ? basename(folder) : `${name}-${version}`
  return { root, folder, names: list.split('\n').filter(Boolean), version, platform, arch }
}

/** Written among the resources when the application is packaged: the names in its folder, one a line. */
export const CONTENTS_NAME = 'contents.txt'
