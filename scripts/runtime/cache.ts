import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { posix, win32, basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Where this system keeps what can be fetched again; never inside the work tree. */
export function cacheFolder(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
  home: string = homedir(),
): string {
  if (platform === 'win32') {
    const local = environment['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local')
    return win32.join(local, 'ngc-replicator', 'Cache')
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches', 'ngc-replicator')
  // The XDG base directory specification: a relative path is invalid and to be ignored.
  const xdg = environment['XDG_CACHE_HOME']
  const base = xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, '.cache')
  return posix.join(base, 'ngc-replicator')
}

/**
 * Makes `folder` whole or not at all: `fill` works in a sibling, which is then renamed. When another
 * process was faster, its folder stands and ours is thrown away.
 */
export async function place(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`))
  try {
    await fill(temporary)
    // mkdtemp makes a folder for its owner alone; a shared cache may be read by others.
    await chmod(temporary, 0o755)
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await isFolder(folder))) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** The SHA-256 of a file in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

export async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
