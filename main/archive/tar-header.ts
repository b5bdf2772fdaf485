import { AppError } from '../api/errors.ts'

export const BLOCK_BYTES = 512

/** Bytes of zeros that end an archive: two blocks (POSIX.1-2017, pax, "ustar Interchange Format"). */
export const END_BYTES = 2 * BLOCK_BYTES

/**
 * The header of a plain file with fixed mode, owner and time, so that equal contents give equal archives.
 * One block, or three where the name does not fit: then a pax header comes first. Sizes of 8 GiB and more do not fit the
 * octal field; they are written in base 256 (GNU), which every tar reads that an isolated machine may have, busybox's
 * too, which passes over pax headers.
 */
export function encodeHeader(
  name: string,
  sizeBytes: number,
  attributes: Attributes = plainFile,
): Uint8Array {
  const { linkName = '' } = attributes
  if (fits(name) && fits(linkName)) return block(Buffer.from(name), sizeBytes, attributes)
  const record = Buffer.concat([
    ...(fits(name) ? [] : [paxRecord('path', name)]),
    ...(fits(linkName) ? [] : [paxRecord('linkpath', linkName)]),
  ])
  const padded = Buffer.alloc(record.length + paddingAfter(record.length))
  record.copy(padded)
  return Buffer.concat([
    block(Buffer.from('PaxHeader'), record.length, { ...plainFile, type: 'x' }),
    padded,
    block(shortened(name), sizeBytes, { ...attributes, linkName: shortened(linkName).toString() }),
  ])
}

/** Into a field of the header, as every tar reads it. */
function fits(name: string): boolean {
  return name.length <= NAME.length && /^[\u0020-\u007E]*$/.test(name)
}

function shortened(name: string): Buffer {
  return Buffer.from(name.replaceAll(/[^\u0020-\u007E]/g, '_')).subarray(0, NAME.length)
}

/** What a header says of a member besides its name and size. The time is in seconds since 1970. */
export interface Attributes {
  readonly mode: number
  readonly modified: number
  /** `0` a file, `2` a symbolic link, `5` a folder, `x` a pax header. */
  readonly type: '0' | '2' | '5' | 'x'
  /** Where a link leads. */
  readonly linkName?: string
}

const plainFile: Attributes = { mode: 0o644, modified: 0, type: '0' }

/** How many zeros follow so many bytes of a member. */
export function paddingAfter(sizeBytes: number): number {
  const rest = sizeBytes % BLOCK_BYTES
  return rest === 0 ? 0 : BLOCK_BYTES - rest
}

export type MemberType =
  | 'file'
  | 'hard-link'
  | 'symbolic-link'
  | 'folder'
  | 'special' // devices, FIFOs: they hold no bytes
  | 'pax' // describes the next member
  | 'pax-global'
  | 'long-name' // GNU: its data is the next member's name
  | 'long-link'
  | 'unknown'

export interface TarHeader {
  readonly name: string
  readonly linkName: string
  readonly type: MemberType
  /** Bytes of data that follow, without padding. */
  readonly sizeBytes: number
}

/** Parses one block; undefined for a block of zeros, which ends an archive. Throws AppError `damaged`. */
export function parseHeader(bytes: Uint8Array): TarHeader | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, BLOCK_BYTES)
  if (isZero(header)) return undefined
  const told = parseNumber(header.subarray(148, 156))
  if (told !== checksum(header)) throw damaged('its checksum is wrong')
  const letter = header.subarray(156, 157).toString('latin1')
  const type = types.get(letter) ?? 'unknown'
  const sizeBytes = parseNumber(header.subarray(SIZE.at, SIZE.at + SIZE.length))
  if (sizeBytes === undefined) throw damaged('its size is not a number')
  if (sizeBytes < 0) throw damaged('its size is negative')
  if (!Number.isSafeInteger(sizeBytes)) throw damaged('its size is beyond any file')
  const name = textOf(header.subarray(0, 100))
  // Only POSIX has the prefix; GNU keeps other things there.
  const prefix =
    header.toString('latin1', 257, 263) === 'ustar\0' ? textOf(header.subarray(345, 500)) : ''
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textOf(header.subarray(157, 257)),
    type,
    sizeBytes: withoutData.has(type) ? 0 : sizeBytes,
  }
}

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0
}

const zeros = Buffer.alloc(BLOCK_BYTES)
const NAME = { at: 0, length: 100 }
const SIZE = { at: 124, length: 12 }
const LARGEST_OCTAL = 8 ** 11 - 1

const types = new Map<string, MemberType>([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hard-link'],
  ['2', 'symbolic-link'],
  ['3', 'special'],
  ['4', 'special'],
  ['5', 'folder'],
  ['6', 'special'],
  ['x', 'pax'],
  ['g', 'pax-global'],
  ['L', 'long-name'],
  ['K', 'long-link'],
])

/** Whatever their size field says, no data follows these. */
const withoutData = new Set<MemberType>(['hard-link', 'symbolic-link', 'folder', 'special'])

function block(name: Uint8Array, sizeBytes: number, attributes: Attributes): Buffer {
  const { mode, modified, type, linkName = '' } = attributes
  const header = Buffer.alloc(BLOCK_BYTES)
  header.set(name, NAME.at)
  header.write(`${octal(mode, 7)}0000000\u00000000000\u0000`, 100, 'latin1')
  const isLarge = sizeBytes > LARGEST_OCTAL
  if (isLarge) {
    header.writeUInt8(0x80, SIZE.at)
    header.writeBigUInt64BE(BigInt(sizeBytes), SIZE.at + 4)
  } else {
    header.write(octal(sizeBytes, 11), SIZE.at, 'latin1')
  }
  header.write(octal(modified, 11), 136, 'latin1')
  header.write(type, 156, 'latin1')
  header.write(linkName, 157, 'latin1')
  header.write(isLarge ? 'ustar  \0' : 'ustar\u000000', 257, 'latin1')
  header.write(`${octal(checksum(header), 6)} `, 148, 'latin1')
  return header
}

/** So many digits and a zero byte. */
function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`
}

/** The sum of all bytes, the checksum field itself counted as spaces. */
function checksum(header: Uint8Array): number {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    if (at < 148 || at >= 156) sum += header[at] ?? 0
  }
  return sum
}

/** Octal digits amid spaces and zeros, or base 256; undefined when it is neither. */
function parseNumber(field: Buffer): number | undefined {
  const first = field[0] ?? 0
  if (first >= 0x80) {
    // Two's complement, big endian; the top bit only marks the form.
    const isNegative = (first & 0x40) !== 0
    let value = isNegative ? (first & 0x7f) - 0x80 : first & 0x7f
    for (const byte of field.subarray(1)) value = value * 256 + byte
    return value
  }
  const text = field.toString('latin1').replaceAll(/^[ \0]+|[ \0]+$/g, '')
  if (text === '') return 0
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

/** `length key=value\n`, the length counting itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length
  }
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function damaged(what: string): AppError {
  return new AppError('damaged', `A header of the archive is damaged: ${what}.`)
}
