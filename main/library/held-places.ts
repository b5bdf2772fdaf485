import { digestIn } from '../archive/read-docker.ts'
import type { TarMember } from '../archive/tar-members.ts'
import type { Digest } from '../registry/reference.ts'
import type { BlobPlace } from '../transfer/held-blobs.ts'

/** Where a tarball holds which blobs, by what its headers say; nothing is verified. */
export function heldPlaces(name: string, members: readonly TarMember[]): [Digest, BlobPlace][] {
  return members.flatMap((member): [Digest, BlobPlace][] => {
    const isBlob = member.type === 'file' && member.name.startsWith('blobs/')
    const digest = isBlob ? digestIn(member.name) : undefined
    return digest === undefined ? [] : [[digest, { name, offset: member.dataOffset }]]
  })
}
