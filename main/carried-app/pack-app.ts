import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '../api/errors.ts'
import { encodeHeader, END_BYTES, paddingAfter } from '../archive/tar-header.ts'
import type { CarriedFile } from './carried-file.ts'
import type { InstalledApp } from './installed-app.ts'
import { plainFs } from './plain-fs.ts'

const { lstat, readdir, readlink } = plainFs.promises

/**
 * The installed application as one tar, which every system unpacks. Not compressed: so its size is known before a byte is
 * read, and the same application always makes the same bytes. Of modes only “may be run” is kept, so nothing is setuid.
 */
export async function packApp(app: InstalledApp): Promise<PackedApp> {
  const members = await membersOf(app)
  const sizeBytes = members.reduce(
    (sum, member) =>
      sum + headerOf(member).length + member.sizeBytes + paddingAfter(member.sizeBytes),
    END_BYTES,
  )
  let summing: Promise<string> | undefined
  const bytes = (): AsyncIterable<Uint8Array> => archiveOf(members)
  return {
    installed: app,
    name: `ngc-replicator-${app.version}-${systems[app.platform] ?? app.platform}-${app.arch}.tar`,
    sizeBytes,
    sha256: () => (summing ??= sha256Of(bytes())),
    bytes,
  }
}

export interface PackedApp extends CarriedFile {
  readonly installed: InstalledApp
}

const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', darwin: 'macos' }

interface Member {
  /** In the archive. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly kind: 'file' | 'program' | 'folder' | { readonly link: string }
}

async function membersOf({ root, folder, names }: InstalledApp): Promise<Member[]> {
  const present = new Set(await readdir(folder))
  const members: Member[] = []
  const add = async (path: string, name: string): Promise<void> => {
    const found = await lstat(path)
    if (found.isDirectory()) {
      members.push({ name: `${name}/`, path, sizeBytes: 0, kind: 'folder' })
      for (const entry of (await readdir(path)).toSorted()) {
        await add(join(path, entry), `${name}/${entry}`)
      }
    } else if (found.isSymbolicLink()) {
      members.push({ name, path, sizeBytes: 0, kind: { link: await readlink(path) } })
    } else if (found.isFile()) {
      const kind = (found.mode & 0o111) === 0 ? 'file' : 'program'
      members.push({ name, path, sizeBytes: found.size, kind })
    }
  }
  // Packages keep some of what they list elsewhere: the licence in /usr/share/doc.
  for (const name of names.filter((one) => present.has(one)).toSorted()) {
    await add(join(folder, name), `${root}/${name}`)
  }
  return members
}

function headerOf({ name, sizeBytes, kind }: Member): Uint8Array {
  const fixed = { modified: 0 }
  if (typeof kind === 'object')
    return encodeHeader(name, 0, { ...fixed, mode: 0o777, type: '2', linkName: kind.link })
  if (kind === 'folder') return encodeHeader(name, 0, { ...fixed, mode: 0o755, type: '5' })
  const mode = kind === 'program' ? 0o755 : 0o644
  return encodeHeader(name, sizeBytes, { ...fixed, mode, type: '0' })
}

/** Throws AppError `damaged` when a file changes its size meanwhile: an update came in between. */
async function* archiveOf(members: readonly Member[]): AsyncGenerator<Uint8Array> {
  for (const member of members) {
    yield headerOf(member)
    if (member.sizeBytes === 0) continue
    let read = 0
    for await (const chunk of plainFs.createReadStream(member.path, {
      highWaterMark: CHUNK_BYTES,
    })) {
      const bytes = chunk as Uint8Array
      read += bytes.length
      yield bytes
    }
    if (read !== member.sizeBytes) {
      throw new AppError('damaged', `${member.path} has changed while it was being packed.`, {
        hint: 'Start the application again, and then the run.',
      })
    }
    yield new Uint8Array(paddingAfter(member.sizeBytes))
  }
  yield new Uint8Array(END_BYTES)
}

const CHUNK_BYTES = 1024 * 1024

async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}
