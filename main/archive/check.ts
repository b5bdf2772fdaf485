import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { Writable, type Transform } from 'node:stream'
import zlib from 'node:zlib'
import type { Digest } from '../registry/reference.ts'
import { createSha256 } from './sha256.ts'

/** Something wrong with a tarball, and where: offsets count from the start of the tarball, over all its parts. */
export interface Problem {
  readonly kind: ProblemKind
  readonly detail: string
  readonly offset?: number
  readonly length?: number
  /** Name of the member within the tarball. */
  readonly member?: string
  /** Of the blob that it lies in: a layer's, as the registry names it. */
  readonly digest?: Digest
  /** The same place in the files themselves, from its first byte to the one after its last: the damage lies between. */
  readonly from?: FilePlace
  readonly to?: FilePlace
}

export interface FilePlace {
  /** Name of the tarball, or of the part. */
  readonly file: string
  readonly offset: number
}

export type ProblemKind =
  | 'foreign' // not a tarball of images
  | 'truncated' // bytes are missing at the end
  | 'surplus' // bytes follow the end, or stand between members
  | 'lost' // bytes are missing before the end
  | 'zeroed' // zeros follow up to the end
  | 'misplaced' // a member or a part stands where another should, or a second time
  | 'header' // of a member
  | 'padding' // not zero, between members or at the end
  | 'document' // a list is not what the image makes it
  | 'digest-mismatch' // a blob's or layer's bytes are not those named
  | 'missing-blob'
  | 'missing-part'
  | 'missing-file' // SHA256SUMS tells of it
  | 'checksum' // not the file that SHA256SUMS tells of
  | 'partial' // never finished
  | 'unreadable' // the drive does not give the bytes

/** What a run of bytes must be. */
export type Expectation =
  | { readonly kind: 'equal'; readonly bytes: Uint8Array; readonly problem: ProblemKind }
  | { readonly kind: 'zero' }
  | { readonly kind: 'digest'; readonly digest: Digest }
  /** Compressed, with the digest of what it unpacks to. */
  | { readonly kind: 'unpacked'; readonly digest: Digest; readonly compression: 'gzip' | 'zstd' }

export interface Check {
  /** Takes the bytes at that offset; resolves when their memory is free again. */
  update(bytes: Uint8Array, offset: number): Promise<void>
  end(): Promise<Problem[]>
  /** Ends it without an answer. */
  drop(): void
}

type Place = Required<Pick<Problem, 'offset' | 'length' | 'member'>>

export function createCheck(expected: Expectation, place: Place): Check {
  if (expected.kind === 'equal') return equalCheck(expected, place)
  if (expected.kind === 'zero') {
    return equalCheck({ bytes: new Uint8Array(place.length), problem: 'padding' }, place)
  }
  if (expected.kind === 'digest') return digestCheck(expected.digest, place)
  return unpackedCheck(expected.digest, expected.compression, place)
}

/** For headers, documents and padding: small. Tells from the first to the last byte that differs. */
function equalCheck(
  { bytes: expected, problem }: { bytes: Uint8Array; problem: ProblemKind },
  { offset: start, member }: Place,
): Check {
  let first: number | undefined
  let last = 0
  return {
    async update(bytes, offset) {
      const wanted = expected.subarray(offset - start, offset - start + bytes.length)
      if (Buffer.compare(bytes, wanted) === 0) return
      for (const [index, byte] of bytes.entries()) {
        if (byte === wanted[index]) continue
        first ??= offset + index
        last = offset + index
      }
    },
    async end() {
      if (first === undefined) return []
      const detail = `${what[problem] ?? 'Bytes'} of ${member} are not what they should be.`
      return [{ kind: problem, detail, offset: first, length: last - first + 1, member }]
    },
    drop: () => undefined,
  }
}

const what: Partial<Record<ProblemKind, string>> = {
  header: 'Bytes of the header',
  padding: 'The zeros after the bytes',
}

function digestCheck(digest: Digest, place: Place): Check {
  const hash = createSha256()
  return {
    update: (bytes) => hash.update(bytes),
    end: async () => (`sha256:${await hash.digest()}` === digest ? [] : [mismatch(place)]),
    drop: () => hash.drop(),
  }
}

function unpackedCheck(digest: Digest, compression: 'gzip' | 'zstd', place: Place): Check {
  const unpack: Transform | undefined =
    compression === 'gzip' ? zlib.createGunzip() : zstdDecompressor()
  // Node 20 knows no zstd: then the archive's structure is all that can be checked.
  if (unpack === undefined)
    return { update: async () => undefined, end: async () => [], drop: () => undefined }
  const hash = createHash('sha256')
  const sink = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk)
      done()
    },
  })
  let hasFailed = false
  const unpacked = pipeline(unpack, sink).catch(() => {
    hasFailed = true
  })
  return {
    async update(bytes) {
      // The slab is used again: what the decompressor keeps must be its own.
      if (!hasFailed && !unpack.write(Buffer.from(bytes))) {
        await Promise.race([once(unpack, 'drain').catch(() => undefined), unpacked])
      }
    },
    async end() {
      unpack.end()
      await unpacked
      return !hasFailed && `sha256:${hash.digest('hex')}` === digest ? [] : [mismatch(place)]
    },
    drop: () => unpack.destroy(),
  }
}

function zstdDecompressor(): Transform | undefined {
  return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined
}

function mismatch(place: Place): Problem {
  return {
    kind: 'digest-mismatch',
    detail: `${place.member} is not what its digest says.`,
    ...place,
  }
}
