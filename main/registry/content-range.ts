import { AppError } from '../api/errors.ts'

/** Where a body begins and ends in its blob; `endByte` is the first byte after it, `sizeBytes` of the whole if told. */
export interface ContentRange {
  readonly startByte: number
  readonly endByte: number
  readonly sizeBytes: number | undefined
}

/** Parses `Content-Range: bytes 0-99/200` (RFC 9110, 14.4); undefined if it is nothing of the kind. */
function parseContentRange(header: string | undefined): ContentRange | undefined {
  const found = /^\s*bytes\s+(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)\s*$/i.exec(header ?? '')
  if (!found) return undefined
  const [, first, last, size] = found
  const startByte = Number(first)
  const endByte = Number(last) + 1
  return endByte > startByte
    ? { startByte, endByte, sizeBytes: size === '*' ? undefined : Number(size) }
    : undefined
}

/** The range asked for; `endByte` is the first byte that is not wanted. */
export interface Wanted {
  readonly startByte: number
  readonly endByte: number
}

/** `bytes=0-99` */
export function rangeHeader({ startByte, endByte }: Wanted): string {
  return `bytes=${startByte}-${endByte - 1}`
}

/** Throws WrongRange if a 206 is not a beginning of what was asked for. */
export function checkContentRange(
  header: string | undefined,
  wanted: Wanted,
  sizeBytes: number,
  host: string,
): void {
  const got = parseContentRange(header)
  if (got && got.sizeBytes !== undefined && got.sizeBytes !== sizeBytes) {
    throw new WrongRange(`${host} has ${got.sizeBytes} bytes where ${sizeBytes} were published.`)
  }
  if (!got || got.startByte !== wanted.startByte || got.endByte > wanted.endByte) {
    throw new WrongRange(`${host} sent another part of the data than was asked for.`)
  }
}

/** The far end, or something in between, does ranges wrongly: asking without one can still help. */
export class WrongRange extends AppError {
  constructor(message: string) {
    super('protocol', message)
    this.name = 'WrongRange'
  }
}
