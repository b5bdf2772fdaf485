import type { Digest } from '../registry/reference.ts'
import type { Segment } from './check-bytes.ts'
import type { Expectation } from './check.ts'
import { compressionAt } from './compression.ts'
import type { LayoutMember, MemberSource, TarballLayout } from './layout.ts'
import { readAhead, type ByteSource } from './read-ahead.ts'
import { digestIn } from './read-docker.ts'
import { OWN_NAMES } from './read-ours.ts'
import type { ReadableTarball } from './read.ts'
import { encodeHeader, END_BYTES, paddingAfter } from './tar-header.ts'
import type { TarMember } from './tar-members.ts'

/** Every byte of a tarball of ours: by the layout, or by a blob's digest. */
export function expectedOfOurs(layout: TarballLayout): Segment[] {
  return [
    ...layout.members.flatMap((member) => segmentsOfMember(member)),
    paddingSegment('the tarball', layout.sizeBytes - END_BYTES, END_BYTES),
  ]
}

/** A member of ours, so many bytes behind the place where it was written. */
export function segmentsOfMember(
  { name, header, headerOffset, dataOffset, sizeBytes, source }: LayoutMember,
  shiftBytes = 0,
): Segment[] {
  const offset = dataOffset + shiftBytes
  return [
    headerSegment(name, header, headerOffset + shiftBytes),
    { name, offset, length: sizeBytes, expected: expectationOf(name, source) },
    paddingSegment(name, offset + sizeBytes, paddingAfter(sizeBytes)),
  ]
}

function expectationOf(name: string, source: MemberSource): Expectation {
  if (source.kind === 'blob') return { kind: 'digest', digest: source.descriptor.digest }
  const digest = digestIn(name)
  return digest === undefined
    ? { kind: 'equal', bytes: source.bytes, problem: 'document' }
    : { kind: 'digest', digest }
}

/** What is known of another program's tarball: blobs by their names, Docker's layers by the diff ids of their config. */
export async function expectedOfForeign(
  source: ByteSource,
  { images, members, kind }: ReadableTarball,
): Promise<Segment[]> {
  const diffIds = new Map<TarMember, Digest>()
  for (const image of images) {
    for (const [position, { member }] of image.layers.entries()) {
      const diffId = image.diffIds[position]
      if (member !== undefined && diffId !== undefined) diffIds.set(member, diffId)
    }
  }
  const segments: Segment[] = []
  for (const member of members) {
    const { name, headerOffset, dataOffset, sizeBytes } = member
    if (member.type !== 'file') continue
    if (kind === 'ngc-replicator') {
      segments.push(headerSegment(name, encodeHeader(name, sizeBytes), headerOffset))
      segments.push(paddingSegment(name, dataOffset + sizeBytes, paddingAfter(sizeBytes)))
    }
    const expected = await expectation(source, member, diffIds.get(member))
    if (expected !== undefined)
      segments.push({ name, offset: dataOffset, length: sizeBytes, expected })
  }
  return segments
}

/**
 * Whether every header of a tarball is one that we write: then it may be one of ours in another order, or without a
 * list, which engines may still take. Headers alone prove little, since other programs leave out times too.
 */
export async function hasOwnHeaders(
  source: ByteSource,
  members: readonly TarMember[],
): Promise<boolean> {
  if (!members.some(({ name }) => OWN_NAMES.includes(name))) return false
  const read = readAhead(source)
  for (const { name, sizeBytes, headerOffset, dataOffset } of members) {
    const header = await read(headerOffset, dataOffset - headerOffset)
    if (Buffer.compare(header, encodeHeader(name, sizeBytes)) !== 0) return false
  }
  return members.length > 0
}

async function expectation(
  source: ByteSource,
  member: TarMember,
  diffId: Digest | undefined,
): Promise<Expectation | undefined> {
  // OCI's blobs, and Docker's configs, are called by their digests.
  const digest = digestIn(member.name)
  if (digest !== undefined && /(?:^|\/)blobs\/sha256\/|\.json$|^sha256:/.test(member.name)) {
    return { kind: 'digest', digest }
  }
  if (diffId === undefined) return undefined
  const compression = await compressionAt(source, member.dataOffset)
  return compression === undefined
    ? { kind: 'digest', digest: diffId }
    : { kind: 'unpacked', digest: diffId, compression }
}

function headerSegment(name: string, bytes: Uint8Array, offset: number): Segment {
  return {
    name,
    offset,
    length: bytes.length,
    expected: { kind: 'equal', bytes, problem: 'header' },
  }
}

function paddingSegment(name: string, offset: number, length: number): Segment {
  return { name, offset, length, expected: { kind: 'zero' } }
}
