import { createWriteStream } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'

/**
 * Unpacks a zip into `folder`, with modes and symbolic links (macOS frameworks are made of them).
 * `rename` gives each entry its path below `folder`, or undefined to leave it out.
 */
export async function unpack(
  zipPath: string,
  folder: string,
  rename: (name: string) => string | undefined = (name) => name,
): Promise<void> {
  const zip = await openPromise(zipPath, { lazyEntries: true })
  try {
    for await (const entry of zip.eachEntry()) {
      const name = rename(entry.fileName)
      if (name) await unpackEntry(zip, entry, join(folder, name))
    }
  } finally {
    zip.close()
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, path: string): Promise<void> {
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true })
    return
  }
  await mkdir(dirname(path), { recursive: true })
  const mode = entry.externalFileAttributes >>> 16
  const content = await zip.openReadStreamPromise(entry)
  if (isSymbolicLink(mode)) {
    await symlink(linkTarget(entry.fileName, await buffer(content)), path)
  } else {
    await pipeline(content, createWriteStream(path, { mode: mode & 0o777 || 0o644 }))
  }
}

/** The type bits of a Unix mode, stat(2). */
function isSymbolicLink(mode: number): boolean {
  return (mode & 0o170000) === 0o120000
}

/** Where a link points, if that is inside the archive; yauzl checks the names of entries, not these. */
function linkTarget(name: string, content: Buffer): string {
  const target = content.toString('utf8')
  const landing = posix.join(posix.dirname(name), target)
  if (isAbsolute(target) || landing === '..' || landing.startsWith('../')) {
    throw new Error(`The archive's link ${name} points outside it, to ${target}`)
  }
  return target
}
