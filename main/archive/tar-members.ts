import { AppError } from '../api/errors.ts'
import { readAhead, type ByteSource, type ReadBytes } from './read-ahead.ts'
import {
  BLOCK_BYTES,
  paddingAfter,
  parseHeader,
  type MemberType,
  type TarHeader,
} from './tar-header.ts'

/** One member as readers see it, with the places of its bytes. */
export interface TarMember {
  /** As written, at most 4096 characters; it is compared, never used as a path. */
  readonly name: string
  readonly linkName: string
  readonly type: MemberType
  /** Where its first header begins, extended ones included. */
  readonly headerOffset: number
  readonly dataOffset: number
  readonly sizeBytes: number
}

/** How the walk over an archive came to its end, and where. */
export type Ending =
  | { readonly kind: 'marked'; readonly offset: number }
  /** The bytes end before the archive does; `member` is the one that they end in, if any. */
  | { readonly kind: 'torn'; readonly offset: number; readonly member?: TarMember }
  | { readonly kind: 'damaged'; readonly offset: number; readonly detail: string }

/**
 * Yields the members of an archive one by one, reading headers only. Names and sizes come from ustar, GNU long names,
 * base-256 sizes and pax headers. Bounded whatever the input: members, and bytes of extended headers for each.
 */
export async function* walkMembers(
  source: ByteSource,
  signal?: AbortSignal,
  read = readAhead(source),
): AsyncGenerator<TarMember, Ending, undefined> {
  let offset = 0
  for (let count = 0; ; count += 1) {
    if (count === MOST_MEMBERS) {
      return { kind: 'damaged', offset, detail: `it has more than ${MOST_MEMBERS} members` }
    }
    if (count % 256 === 0) signal?.throwIfAborted()
    try {
      const next = await readMember(read, source.sizeBytes, offset)
      if ('kind' in next) return next
      const end = next.dataOffset + next.sizeBytes
      if (end > source.sizeBytes) return { kind: 'torn', offset: source.sizeBytes, member: next }
      yield next
      offset = end + paddingAfter(next.sizeBytes)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { kind: 'damaged', offset, detail: error.message }
    }
  }
}

export async function collectMembers(
  source: ByteSource,
  signal?: AbortSignal,
  read = readAhead(source),
): Promise<{ members: TarMember[]; ending: Ending }> {
  const members: TarMember[] = []
  const walk = walkMembers(source, signal, read)
  for (;;) {
    const next = await walk.next()
    if (next.done === true) return { members, ending: next.value }
    members.push(next.value)
  }
}

const MOST_MEMBERS = 100_000
const MOST_EXTENDED_BYTES = 1024 * 1024
const LONGEST_NAME = 4096

interface Extension {
  name?: string
  linkName?: string
  sizeBytes?: number
}

async function readMember(
  read: ReadBytes,
  endOffset: number,
  headerOffset: number,
): Promise<TarMember | Ending> {
  const extension: Extension = {}
  let extendedBytes = 0
  for (let offset = headerOffset; ;) {
    const block = await read(offset, BLOCK_BYTES)
    if (block.length < BLOCK_BYTES) return { kind: 'torn', offset: endOffset }
    const header = parseHeader(block)
    if (header === undefined) return { kind: 'marked', offset }
    const dataOffset = offset + BLOCK_BYTES
    if (!isExtension(header)) {
      const hasData = header.type === 'file' || header.type === 'unknown'
      const sizeBytes = hasData ? (extension.sizeBytes ?? header.sizeBytes) : 0
      if (!Number.isSafeInteger(dataOffset + sizeBytes + BLOCK_BYTES))
        throw damaged('its size is beyond any file')
      return {
        name: (extension.name ?? header.name).slice(0, LONGEST_NAME),
        linkName: (extension.linkName ?? header.linkName).slice(0, LONGEST_NAME),
        type: header.type,
        headerOffset,
        dataOffset,
        sizeBytes,
      }
    }
    extendedBytes += BLOCK_BYTES + header.sizeBytes
    if (extendedBytes > MOST_EXTENDED_BYTES) throw damaged('its extended headers do not end')
    const data = await read(dataOffset, header.sizeBytes)
    if (data.length < header.sizeBytes) return { kind: 'torn', offset: endOffset }
    extend(extension, header, Buffer.from(data))
    offset = dataOffset + header.sizeBytes + paddingAfter(header.sizeBytes)
  }
}

function isExtension(header: TarHeader): boolean {
  return ['pax', 'pax-global', 'long-name', 'long-link'].includes(header.type)
}

function extend(extension: Extension, header: TarHeader, data: Buffer): void {
  if (header.type === 'long-name') extension.name = cString(data)
  if (header.type === 'long-link') extension.linkName = cString(data)
  if (header.type !== 'pax') return
  for (const [key, value] of paxRecords(data)) {
    if (key === 'path') extension.name = value
    if (key === 'linkpath') extension.linkName = value
    if (key === 'size') {
      const sizeBytes = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
      if (!Number.isSafeInteger(sizeBytes)) throw damaged('its pax size is not a size')
      extension.sizeBytes = sizeBytes
    }
  }
}

/** POSIX.1-2017, pax, "pax Header Block": records of `length key=value\n`. */
function* paxRecords(data: Buffer): Generator<[key: string, value: string]> {
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at)
    const digits = space < 0 || space - at > 8 ? '' : data.toString('latin1', at, space)
    const length = /^\d+$/.test(digits) ? Number(digits) : 0
    const end = at + length
    const equals = data.indexOf(0x3d, space)
    if (
      end <= space + 2 ||
      end > data.length ||
      data[end - 1] !== 0x0a ||
      equals < 0 ||
      equals >= end
    ) {
      throw damaged('a pax record is malformed')
    }
    yield [data.toString('utf8', space + 1, equals), data.toString('utf8', equals + 1, end - 1)]
    at = end
  }
}

function cString(data: Buffer): string {
  const end = data.indexOf(0)
  return data.toString('utf8', 0, end < 0 ? data.length : end)
}

function damaged(what: string): AppError {
  return new AppError('damaged', `A header of the archive is damaged: ${what}.`)
}
