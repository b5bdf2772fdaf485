import { indexSchema, type Platform } from '../registry/manifest.ts'
import type { ReadFrom } from '../disk/past-cache.ts'
import type { Problem } from './check.ts'
import { checkBytes } from './check-bytes.ts'
import { parseDocument } from './documents.ts'
import type { TarballImage } from './image.ts'
import type { Tarball } from './parts.ts'
import { readTarball, type ReadableTarball } from './read.ts'
import { readOurs, type OwnTarball } from './read-ours.ts'
import { expectedOfForeign, expectedOfOurs, hasOwnHeaders } from './segments.ts'

export interface VerifyOptions {
  /** Expected SHA-256 of each of the tarball's files in hexadecimal, where SHA256SUMS tells it. */
  readonly sums?: readonly (string | undefined)[]
  /** Bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined
  /** Told once whether the medium itself was read, or the system's cache may have answered. */
  readonly onSource?: ((readFrom: ReadFrom) => void) | undefined
}

/**
 * Reads every byte of a tarball back. Ours: all bytes are known beforehand but those of the blobs, and these by their
 * digests, so nothing can differ unseen. Others: structure, blobs by their names, layers of `docker save` by the config's
 * diff ids. Returns what is wrong, nothing when all is well.
 */
export async function verifyTarball(
  tarball: Tarball,
  options: VerifyOptions = {},
  signal?: AbortSignal,
): Promise<Problem[]> {
  const ours = await readOurs(tarball, signal)
  if (ours !== undefined) {
    return [
      ...(await disagreements(tarball, ours)),
      ...(await checkBytes(tarball, expectedOfOurs(ours.layout), options, signal)),
      ...lengthProblems(ours, tarball.sizeBytes),
    ]
  }
  const reading = await readTarball(tarball, signal)
  if (reading.status === 'foreign') {
    // A tarball of ours may be beyond recognition: its sum tells that it was one.
    const found = await checkBytes(tarball, [], options, signal)
    return [{ kind: 'foreign', detail: reading.detail }, ...found]
  }
  const segments = await expectedOfForeign(tarball, reading)
  const isReordered =
    reading.status === 'complete' && (await hasOwnHeaders(tarball, reading.members))
  const reordered: Problem[] = isReordered
    ? [{ kind: 'header', detail: 'Its members are not in the order in which they were written.' }]
    : []
  return [
    ...structure(reading),
    ...reordered,
    ...(await checkBytes(tarball, segments, options, signal)),
  ]
}

function lengthProblems({ layout }: OwnTarball, sizeBytes: number): Problem[] {
  const missingBytes = layout.sizeBytes - sizeBytes
  if (missingBytes > 0) {
    const cut = layout.members.find((member) => member.dataOffset + member.sizeBytes > sizeBytes)
    return [
      {
        kind: 'truncated',
        detail: `The last ${missingBytes} bytes are missing.`,
        offset: sizeBytes,
        length: missingBytes,
        ...(cut && { member: cut.name }),
      },
    ]
  }
  if (missingBytes === 0) return []
  const detail = `${-missingBytes} bytes follow its end.`
  return [{ kind: 'surplus', detail, offset: layout.sizeBytes, length: -missingBytes }]
}

/** `index.json` names a platform; the config or the published index must say the same. */
async function disagreements(tarball: Tarball, ours: OwnTarball): Promise<Problem[]> {
  const { image, layout, configPlatform } = ours
  const problems = layerCount(image)
  const told = layout.platform
  if (configPlatform !== undefined && isSame(told, configPlatform)) return problems
  const [, indexMember] = layout.members
  for (const { source, dataOffset, sizeBytes } of layout.members) {
    if (source.kind !== 'blob' || source.descriptor.mediaType !== '' || sizeBytes > 1e6) continue
    const bytes = Buffer.alloc(sizeBytes)
    await tarball.read(bytes, dataOffset)
    if (listsPlatform(bytes, image, told)) return problems
  }
  const detail = 'index.json names another platform than the image itself.'
  const { dataOffset: offset = 0, sizeBytes: length = 0 } = indexMember ?? {}
  return [...problems, { kind: 'document', detail, offset, length, member: 'index.json' }]
}

function listsPlatform(bytes: Uint8Array, image: TarballImage, platform: Platform): boolean {
  try {
    const { manifests } = parseDocument('index', bytes, indexSchema)
    return manifests.some(
      (child) =>
        child.digest === image.digest &&
        child.platform !== undefined &&
        isSame(child.platform, platform),
    )
  } catch {
    return false
  }
}

function isSame(a: Platform, b: Platform): boolean {
  return (
    a.os === b.os && a.architecture === b.architecture && (a.variant ?? '') === (b.variant ?? '')
  )
}

function layerCount({ layers, diffIds, references }: TarballImage): Problem[] {
  if (diffIds.length === 0 || diffIds.length === layers.length) return []
  const name = references[0] ?? 'The image'
  return [
    {
      kind: 'document',
      detail: `${name} has ${layers.length} layers, but its config tells of ${diffIds.length}.`,
    },
  ]
}

function structure(reading: ReadableTarball): Problem[] {
  const missing = reading.images.flatMap((image) => image.missing)
  const problems: Problem[] = [
    ...missing.map((name): Problem => {
      return {
        kind: 'missing-blob',
        detail: `${name.slice(0, 200)} is missing.`,
        member: name.slice(0, 200),
      }
    }),
    ...reading.images.flatMap((image) => (image.missing.length > 0 ? [] : layerCount(image))),
  ]
  const end = reading.members.at(-1)
  const offset = end === undefined ? 0 : end.dataOffset + end.sizeBytes
  if (reading.status === 'torn') {
    return [
      { kind: 'truncated', detail: reading.detail ?? '', offset: reading.sizeBytes },
      ...problems,
    ]
  }
  if (reading.status === 'complete' || missing.length > 0) return problems
  return [
    { kind: 'header', detail: reading.detail ?? '', offset, length: reading.sizeBytes - offset },
    ...problems,
  ]
}
