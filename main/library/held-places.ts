import { join } from 'node:path'
import { readJournal } from '../archive/journal-records.ts'
import { journalName, PARTIAL, parseFileName } from '../archive/name.ts'
import { openTarball } from '../archive/parts.ts'
import { digestIn } from '../archive/read-docker.ts'
import { readTarball, type TarballReading } from '../archive/read.ts'
import type { TarMember } from '../archive/tar-members.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobPlace } from '../transfer/held-blobs.ts'
import { findTarball, pathsOf, type TarballFiles } from './tarball-files.ts'

/**
 * Where a tarball holds which blobs, by what its headers say; nothing is verified. One that was never finished holds what
 * its journal says is on the medium: `reliableBytes`.
 */
export function heldPlaces(
  { name, isPartial }: { readonly name: string; readonly isPartial: boolean },
  members: readonly TarMember[],
  reliableBytes: number,
): [Digest, BlobPlace][] {
  return members.flatMap((member): [Digest, BlobPlace][] => {
    const { dataOffset: offset, sizeBytes } = member
    const isBlob = member.type === 'file' && member.name.startsWith('blobs/')
    const digest = isBlob ? digestIn(member.name) : undefined
    // A blob is right when something follows it.
    if (digest === undefined || offset + sizeBytes >= reliableBytes) return []
    return [[digest, { name, offset, isPartial }]]
  })
}

/** The same of a tarball that was never finished, as far as its journal vouches for it. */
export async function begunPlaces(
  { name: file, folder, isPartial, missingParts }: TarballFiles,
  reading: TarballReading,
): Promise<[Digest, BlobPlace][]> {
  if (!isPartial || missingParts.length > 0 || reading.status === 'foreign') return []
  const { name } = parseFileName(file)
  const journal = await readJournal(join(folder, journalName(name)))
  return heldPlaces({ name, isPartial }, reading.members, journal?.durableBytes ?? 0)
}

/** The same by the name of that tarball; nothing where it cannot be read. */
export async function placesInPartial(
  folder: string,
  name: string,
  signal?: AbortSignal,
): Promise<[Digest, BlobPlace][]> {
  try {
    const files = await findTarball(join(folder, name + PARTIAL))
    const tarball = await openTarball(pathsOf(files))
    try {
      return await begunPlaces(files, await readTarball(tarball, signal))
    } finally {
      await tarball.close()
    }
  } catch {
    signal?.throwIfAborted()
    return []
  }
}
