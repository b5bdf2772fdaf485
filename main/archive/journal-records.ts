import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { formatPlatform } from '../registry/platform.ts'
import type { TarballLayout } from './layout.ts'
import { MOST_PARTS } from './name.ts'

/** What a journal tells of a partial tarball. */
export interface JournalContent {
  readonly binding: JournalBinding
  /** The files that are as large as they will be, in order. */
  readonly parts: readonly { readonly sizeBytes: number; readonly sha256?: string }[]
  /** Of the tarball, from its start, on the medium. */
  readonly durableBytes: number
}

export interface ReadJournal extends JournalContent {
  /** Each write after that, which may or may not have reached the medium: where, how long, and its `checksumOf`. */
  readonly writes: readonly (readonly [offset: number, length: number, checksum: number])[]
}

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const binding = z.object({
  reference: z.string().max(1024),
  /** Of the platform's manifest. */
  digest: z.string().max(200),
  platform: z.string().max(200),
  /** Of everything that does not come from a blob, and of the places of all that does. */
  layout: z.string().max(64),
  sizeBytes: count,
  /** No file becomes larger; null without a limit. */
  maxFileSizeBytes: count.nullable(),
})
const record = z.union([
  z.object({
    wrote: z.tuple([count, count.max(2 ** 30), count.max(2 ** 32 - 1)]).readonly(),
  }),
  z.object({ durable: count }),
  z.object({ closed: count }),
  z.object({
    sum: z.tuple([count.max(MOST_PARTS - 1), z.string().regex(/^[0-9a-f]{64}$/)]).readonly(),
  }),
  binding.extend({ journal: z.literal(1) }),
])

export type JournalBinding = z.output<typeof binding>
export type JournalRecord = z.output<typeof record>

/** What a journal must say to be of this very tarball. */
export function bindingOf(
  layout: TarballLayout,
  maxFileSizeBytes: number | undefined,
): JournalBinding {
  const hash = createHash('sha256')
  for (const { header, source } of layout.members) {
    hash.update(header).update(source.kind === 'bytes' ? source.bytes : source.descriptor.digest)
  }
  return {
    reference: layout.reference,
    digest: layout.digest,
    platform: formatPlatform(layout.platform),
    layout: hash.digest('hex'),
    sizeBytes: layout.sizeBytes,
    maxFileSizeBytes: maxFileSizeBytes ?? null,
  }
}

const PAGE_BYTES = 4096
const SAMPLE_BYTES = 64

/**
 * Tells bytes that never reached the medium from those that did: they go missing by whole pages, so the CRC-32 of the first
 * bytes of each page's worth, and of the last, is enough, and costs a twentieth. What the layer is, its digest proves.
 */
export function checksumOf(bytes: Uint8Array): number {
  const pages = Math.ceil(bytes.length / PAGE_BYTES)
  const samples = new Uint8Array((pages + 1) * SAMPLE_BYTES)
  for (let page = 0; page < pages; page += 1) {
    const at = page * PAGE_BYTES
    samples.set(bytes.subarray(at, at + SAMPLE_BYTES), page * SAMPLE_BYTES)
  }
  samples.set(bytes.subarray(-SAMPLE_BYTES), pages * SAMPLE_BYTES)
  return crc32(samples)
}

export const FIRST_CHECK = '00000000'

/** One line: a checksum of the record and of all before it, then the record. */
export function encodeRecord(
  value: JournalRecord,
  earlier: string,
): { line: Uint8Array; check: string } {
  const text = JSON.stringify(value)
  const check = checkOf(earlier, text)
  return { line: Buffer.from(`${check} ${text}\n`), check }
}

function checkOf(earlier: string, text: string): string {
  return crc32(`${earlier} ${text}`).toString(16).padStart(8, '0')
}

/** What is larger was not written by us. */
const LARGEST_BYTES = 16 * 1024 * 1024

/** Reads a journal as far as its lines hold together; undefined when there is none, or its first line is none. */
export async function readJournal(path: string): Promise<ReadJournal | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants // the last two are absent, so 0, on Windows
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
  try {
    const found = await file?.stat()
    if (file === undefined || !found?.isFile() || found.size > LARGEST_BYTES) return undefined
    return parseJournal(await file.readFile('utf8'))
  } finally {
    await file?.close()
  }
}

/** Whatever the text is, nothing is thrown. */
export function parseJournal(text: string): ReadJournal | undefined {
  let check = FIRST_CHECK
  let bound: JournalBinding | undefined
  let durableBytes = 0
  const parts: { sizeBytes: number; sha256?: string }[] = []
  const writes: ReadJournal['writes'][number][] = []
  // A line without an end is torn off.
  for (const line of text.split('\n').slice(0, -1)) {
    const value = parseLine(line, check)
    if (value === undefined) break
    check = line.slice(0, 8)
    if (bound === undefined) {
      if (!('journal' in value)) return undefined
      bound = binding.parse(value)
    } else if ('wrote' in value) {
      writes.push(value.wrote)
    } else if ('durable' in value) {
      durableBytes = value.durable
    } else if ('closed' in value) {
      if (parts.length === MOST_PARTS) return undefined
      parts.push({ sizeBytes: value.closed })
    } else if ('sum' in value) {
      const [part, sha256] = value.sum
      const known = parts[part]
      if (known !== undefined) known.sha256 = sha256
    }
  }
  return bound && { binding: bound, parts, durableBytes, writes }
}

function parseLine(line: string, earlier: string): JournalRecord | undefined {
  const text = line.slice(9)
  if (line.slice(0, 9) !== `${checkOf(earlier, text)} `) return undefined
  try {
    return record.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
