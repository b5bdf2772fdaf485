import { digestIn } from '../archive/read-docker.ts'
import type { TarMember } from '../archive/tar-members.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobPlace } from '../transfer/held-blobs.ts'

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
