import { AppError } from '../api/errors.ts'
import { ArchiveMembers } from './archive-members.ts'
import type { TarballImage } from './image.ts'
import { readAhead, type ByteSource } from './read-ahead.ts'
import { readDocker } from './read-docker.ts'
import { readOci } from './read-oci.ts'
import { looksLikeOurs, readOurs, type OwnTarball } from './read-ours.ts'
import { collectMembers, type Ending, type TarMember } from './tar-members.ts'

export type TarballKind = 'ngc-replicator' | 'docker-save' | 'oci-archive'

/** What a tarball holds, by its headers and documents. */
export type TarballReading = ReadableTarball | ForeignFile

export interface ReadableTarball {
  /** `torn`: its bytes end too early. `damaged`: they are all there, and do not hold together. */
  readonly status: 'complete' | 'torn' | 'damaged'
  /** A sentence on what is wrong; absent when complete. */
  readonly detail?: string
  readonly kind: TarballKind
  readonly images: readonly TarballImage[]
  /** All that could be found; for torn ones of ours also those that should follow. */
  readonly members: readonly TarMember[]
  /** Of all its files. */
  readonly sizeBytes: number
  /** Where a header should be and is none; what follows could not be read. */
  readonly brokenAt?: number
}

export interface ForeignFile {
  readonly status: 'foreign'
  readonly detail: string
  readonly sizeBytes: number
}

/**
 * Reads what a tarball holds: its headers and small documents, never a layer. Ours, `docker save` of every age, OCI
 * archives. Compressed tarballs are foreign: finding anything in one means unpacking all of it.
 */
export async function readTarball(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<TarballReading> {
  const ours = await readOurs(source, signal)
  if (ours !== undefined) return judgeOurs(ours, source.sizeBytes)
  const read = readAhead(source)
  const start = Uint8Array.from(await read(0, 8))
  const walked = await collectMembers(source, signal, read)
  const { ending } = walked
  const cut = ending.kind === 'torn' ? ending.member : undefined
  const members = cut === undefined ? walked.members : [...walked.members, cut]
  if (members.length === 0) return judgeNothing(start, ending, source.sizeBytes)
  try {
    const archive = new ArchiveMembers(members, read)
    return await judge(archive, ending, source.sizeBytes)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const status = ending.kind === 'torn' ? 'torn' : 'damaged'
    const detail = status === 'torn' ? TORN : error.message
    const kind = kindOf(
      members,
      members.some(({ name }) => name === 'manifest.json'),
    )
    const broken = ending.kind === 'damaged' && { brokenAt: ending.offset }
    return { status, detail, kind, images: [], members, sizeBytes: source.sizeBytes, ...broken }
  }
}

function judgeOurs({ layout, image, members, odd }: OwnTarball, sizeBytes: number): TarballReading {
  const base = { kind: 'ngc-replicator', images: [image], members, sizeBytes } as const
  const surplusBytes = sizeBytes - layout.sizeBytes
  if (surplusBytes < 0) {
    return { ...base, status: 'torn', detail: `It ends ${-surplusBytes} bytes too early.` }
  }
  if (surplusBytes > 0) {
    return { ...base, status: 'damaged', detail: `${surplusBytes} bytes follow its end.` }
  }
  if (odd === undefined) return { ...base, status: 'complete' }
  return { ...base, status: 'damaged', detail: `${odd} in it is not what it was written as.` }
}

async function judge(
  archive: ArchiveMembers,
  ending: Ending,
  sizeBytes: number,
): Promise<TarballReading> {
  const index = archive.find('index.json')
  const docker = archive.find('manifest.json')
  const images = index
    ? await readOci(archive, index)
    : docker
      ? await readDocker(archive, docker)
      : []
  const members = archive.list
  if (images.length === 0 && !members.some(({ name }) => IMAGE_MEMBER.test(name))) {
    const detail = 'It is an archive, but not of container images.'
    return { status: 'foreign', detail, sizeBytes }
  }
  const base = { kind: kindOf(members, docker !== undefined), images, members, sizeBytes }
  if (ending.kind === 'torn') return { ...base, status: 'torn', detail: TORN }
  if (ending.kind === 'damaged') {
    return { ...base, status: 'damaged', detail: ending.detail, brokenAt: ending.offset }
  }
  const missing = images.flatMap((image) => image.missing)
  if (missing.length > 0) {
    const others = missing.length > 1 ? ` and ${missing.length - 1} more` : ''
    return {
      ...base,
      status: 'damaged',
      detail: `${missing[0]?.slice(0, 200)}${others} is missing in it.`,
    }
  }
  if (images.length > 0) return { ...base, status: 'complete' }
  return { ...base, status: 'damaged', detail: 'It lists no image.' }
}

const TORN = 'It ends too early.'

/** What only archives of images have, so that a torn one is known as such though its lists come last. */
const IMAGE_MEMBER = /^(?:\.\/)?(?:oci-layout$|blobs\/|[0-9a-f]{64}(?:\.json$|\.tar|\/))/

function kindOf(members: readonly TarMember[], hasDockerList: boolean): TarballKind {
  if (looksLikeOurs(members)) return 'ngc-replicator'
  return hasDockerList || members.some(({ name }) => /^[0-9a-f]{64}\//.test(name))
    ? 'docker-save'
    : 'oci-archive'
}

/** Not one whole header: bytes that end too early, of what began as a tarball of images, or something else. */
function judgeNothing(start: Uint8Array, ending: Ending, sizeBytes: number): TarballReading {
  const text = Buffer.from(start).toString('latin1')
  const isOurs = text !== '' && 'oci-layout'.startsWith(text)
  if (ending.kind === 'torn' && (isOurs || /^[0-9a-f]{8}$|^blobs\//.test(text))) {
    const kind = isOurs ? 'ngc-replicator' : 'docker-save'
    return { status: 'torn', detail: TORN, kind, images: [], members: [], sizeBytes }
  }
  return { status: 'foreign', detail: describeForeign(start, ending), sizeBytes }
}

function describeForeign(start: Uint8Array, ending: Ending): string {
  const hex = Buffer.from(start).toString('hex')
  const isCompressed = ['1f8b', '28b52ffd', 'fd377a58', '425a68'].some((magic) =>
    hex.startsWith(magic),
  )
  if (isCompressed) return 'It is compressed. Uncompress it first (gunzip, unzstd, unxz).'
  if (hex === '') return 'It is empty.'
  return ending.kind === 'marked' ? 'It is an empty archive.' : 'It is not a tarball.'
}
