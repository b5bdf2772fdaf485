import { indexSchema, type Platform } from '../registry/manifest.ts'
import type { ReadFrom } from '../disk/past-cache.ts'
import type { Problem } from './check.ts'
import { checkBytes } from './check-bytes.ts'
import { parseDocument } from './documents.ts'
import type { TarballImage } from './image.ts'
import { inFiles, locate, narrowAll } from './locate.ts'
import { mendOurs } from './mend-ours.ts'
import type { Tarball } from './parts.ts'
import { digestIn } from './read-docker.ts'
import { readTarball, type ReadableTarball } from './read.ts'
import { looksLikeOurs, OWN_NAMES, readOurs, type OwnTarball } from './read-ours.ts'
import { BLOCK_BYTES } from './tar-header.ts'
import type { TarMember } from './tar-members.ts'
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
  const problems = ours
    ? await verifyOurs(tarball, ours, options, signal)
    : await verifyOthers(tarball, options, signal)
  return problems.map((problem) => inFiles(tarball, problem))
}

async function verifyOurs(
  tarball: Tarball,
  ours: OwnTarball,
  options: VerifyOptions,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const problems = [
    ...(await disagreements(tarball, ours)),
    ...(await checkBytes(tarball, expectedOfOurs(ours.layout), options, signal)),
    ...lengthProblems(ours, tarball.sizeBytes),
  ]
  return problems.length === 0 ? [] : await locate(tarball, ours.layout, problems, signal)
}

async function verifyOthers(
  tarball: Tarball,
  options: VerifyOptions,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const reading = await readTarball(tarball, signal)
  if (reading.status !== 'complete' || (await hasOwnHeaders(tarball, reading.members))) {
    const mended = await mendOurs(tarball, signal)
    if (mended !== undefined) return await verifyOurs(tarball, mended, options, signal)
  }
  const segments = reading.status === 'foreign' ? [] : await expectedOfForeign(tarball, reading)
  // A tarball of ours may be beyond recognition: its sum tells that it was one.
  const found = await checkBytes(tarball, segments, options, signal)
  const problems =
    reading.status === 'foreign'
      ? [{ kind: 'foreign', detail: reading.detail, offset: 0 } as const, ...found]
      : [...(await structure(tarball, reading)), ...found]
  const isReadable = problems.every(({ kind }) => kind !== 'unreadable')
  return problems.length > 0 && isReadable ? await narrowAll(tarball, problems, signal) : problems
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
  if (configPlatform === undefined || isSame(told, configPlatform)) return problems
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

async function structure(tarball: Tarball, reading: ReadableTarball): Promise<Problem[]> {
  const { members, images, status, sizeBytes, detail = '' } = reading
  const missing = images.flatMap((image) => image.missing)
  const listed = listedAt(members)
  const problems: Problem[] = [
    ...missing.map((path): Problem => {
      const member = path.slice(0, 200)
      return { kind: 'missing-blob', detail: `${member} is missing.`, member, ...listed }
    }),
    ...images.flatMap((image) => (image.missing.length > 0 ? [] : layerCount(image))),
  ]
  if (status === 'torn') return [{ kind: 'truncated', detail, offset: sizeBytes }, ...problems]
  if (reading.brokenAt !== undefined) {
    return [await brokenHeader(tarball, reading, reading.brokenAt), ...problems]
  }
  if (status === 'complete' || missing.length > 0) return problems
  const again = repeated(members)
  if (again !== undefined) {
    const { name: member, headerOffset: offset, dataOffset } = again
    const length = dataOffset - offset + again.sizeBytes
    return [{ kind: 'misplaced', detail, offset, length, member }, ...problems]
  }
  return [
    { kind: 'document', detail, ...(listed ?? { offset: 0, length: sizeBytes }) },
    ...problems,
  ]
}

/** Where what is missing should stand, in a tarball of ours; in others the list that tells of it. */
function listedAt(members: readonly TarMember[]): Pick<Problem, 'offset' | 'length'> | undefined {
  const next = looksLikeOurs(members) ? members[OWN_NAMES.length + 1] : undefined
  if (next !== undefined) return { offset: next.headerOffset, length: BLOCK_BYTES }
  const list = members.find(({ name }) => name === 'index.json' || name === 'manifest.json')
  return list && { offset: list.dataOffset, length: list.sizeBytes }
}

/** Damaged itself, or not there because bytes of the member before it were lost or added. */
async function brokenHeader(
  tarball: Tarball,
  { members, detail = '' }: ReadableTarball,
  brokenAt: number,
): Promise<Problem> {
  const block = Buffer.alloc(BLOCK_BYTES)
  await tarball.read(block, brokenAt)
  const last = members.at(-1)
  if (last === undefined || block.toString('latin1', 257, 262) === 'ustar') {
    const [name = ''] = block.toString('latin1', 0, 100).split('\0')
    const member = digestIn(name) === undefined ? {} : { member: name }
    return { kind: 'header', detail, offset: brokenAt, length: BLOCK_BYTES, ...member }
  }
  const { headerOffset: offset, name: member } = last
  return { kind: 'header', detail, offset, length: brokenAt + BLOCK_BYTES - offset, member }
}

function repeated(members: readonly TarMember[]): TarMember | undefined {
  const names = new Set<string>()
  return members.find(({ name, type }) => {
    const isRepeated = type !== 'folder' && names.has(name)
    names.add(name)
    return isRepeated
  })
}
