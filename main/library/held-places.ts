import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import PQueue from 'p-queue'
import { readJournal } from '../archive/journal-records.ts'
import { journalName, parseFileName } from '../archive/name.ts'
import { openTarball } from '../archive/parts.ts'
import { digestIn } from '../archive/read-docker.ts'
import { readTarball } from '../archive/read.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobPlace } from '../transfer/held-blobs.ts'
import { listTarballs, pathsOf, type TarballFiles } from './tarball-files.ts'

/**
 * Where the tarballs of a folder hold which blobs, by what their headers say; nothing is verified. Those that were never
 * finished hold what their journals say is on the medium.
 */
export async function heldPlaces(
  folder: string,
  signal?: AbortSignal,
): Promise<Map<Digest, BlobPlace>> {
  const tarballs = (await listTarballs(folder))
    .filter(({ missingParts }) => missingParts.length === 0)
    // The same blob in a finished tarball counts.
    .toSorted((a, b) => Number(b.isPartial) - Number(a.isPartial))
  const queue = new PQueue({ concurrency: 4 * availableParallelism() })
  const found = await Promise.all(
    tarballs.map((tarball) => queue.add(() => placesIn(tarball, signal))),
  )
  return new Map(found.flat())
}

async function placesIn(
  tarball: TarballFiles,
  signal?: AbortSignal,
): Promise<[Digest, BlobPlace][]> {
  const opened = await openTarball(pathsOf(tarball)).catch(() => undefined)
  if (opened === undefined) return []
  try {
    const { isPartial } = tarball
    const { name } = parseFileName(tarball.name)
    const reading = await readTarball(opened, signal)
    if (reading.status === 'foreign' || (reading.status !== 'complete' && !isPartial)) return []
    const journal = isPartial
      ? await readJournal(join(tarball.folder, journalName(name)))
      : undefined
    const reliableBytes = isPartial ? (journal?.durableBytes ?? 0) : opened.sizeBytes
    return reading.members.flatMap((member): [Digest, BlobPlace][] => {
      const { dataOffset: offset, sizeBytes } = member
      const isBlob = member.name.startsWith('blobs/') && member.type === 'file'
      const digest = isBlob ? digestIn(member.name) : undefined
      if (digest === undefined || offset + sizeBytes >= reliableBytes) return []
      return [[digest, { name, offset, isPartial }]]
    })
  } catch {
    signal?.throwIfAborted()
    return []
  } finally {
    await opened.close()
  }
}
