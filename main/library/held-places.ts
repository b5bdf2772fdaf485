import { availableParallelism } from 'node:os'
import PQueue from 'p-queue'
import { openTarball } from '../archive/parts.ts'
import { digestIn } from '../archive/read-docker.ts'
import { readTarball } from '../archive/read.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobPlace } from '../transfer/held-blobs.ts'
import { listTarballs, pathsOf, type TarballFiles } from './tarball-files.ts'

/** Where the finished tarballs of a folder hold which blobs, by what their headers say; nothing is verified. */
export async function heldPlaces(
  folder: string,
  signal?: AbortSignal,
): Promise<Map<Digest, BlobPlace>> {
  const tarballs = (await listTarballs(folder)).filter(
    ({ isPartial, missingParts }) => !isPartial && missingParts.length === 0,
  )
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
    const reading = await readTarball(opened, signal)
    if (reading.status !== 'complete') return []
    return reading.members.flatMap(({ name, type, dataOffset }): [Digest, BlobPlace][] => {
      const digest = name.startsWith('blobs/') && type === 'file' ? digestIn(name) : undefined
      return digest === undefined ? [] : [[digest, { name: tarball.name, offset: dataOffset }]]
    })
  } catch {
    signal?.throwIfAborted()
    return []
  } finally {
    await opened.close()
  }
}
