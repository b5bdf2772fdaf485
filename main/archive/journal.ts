import { open, type FileHandle } from 'node:fs/promises'
import { writeFileDurably } from '../disk/durable.ts'
import type { JournalBinding, JournalContent, JournalRecord } from './journal-records.ts'
import { checksumOf, encodeRecord, FIRST_CHECK } from './journal-records.ts'

/** Beyond this it is written anew, without what a later mark has made needless. */
const COMPACT_BYTES = 1024 * 1024

/**
 * The journal beside a partial tarball: what it is of, how many bytes are on the medium, and a checksum of every write
 * since. Records are appended without waiting for the medium: where a crash tore them off, or tore off the bytes that
 * they tell of, the checksums show it. A drive that takes no journal does not stop the tarball: it can only be resumed
 * from an earlier byte.
 */
export class Journal {
  readonly #path: string
  readonly #binding: JournalBinding
  readonly #parts: { sizeBytes: number; sha256?: string }[]
  #durableBytes: number
  #tail: Extract<JournalRecord, { wrote: unknown }>[] = []
  #handle: FileHandle | undefined
  #sizeBytes = 0
  #check = FIRST_CHECK
  #rewriting: Promise<void> | undefined

  /** Begins the file anew with what is known. Throws what the drive answers. */
  static async begin(path: string, { binding, parts, durableBytes }: JournalContent) {
    const journal = new Journal(path, binding, parts, durableBytes)
    await journal.#rewrite()
    return journal
  }

  private constructor(
    path: string,
    binding: JournalBinding,
    parts: JournalContent['parts'],
    durableBytes: number,
  ) {
    this.#path = path
    this.#binding = binding
    this.#parts = parts.map((part) => ({ ...part }))
    this.#durableBytes = durableBytes
  }

  /** To be called beside the write itself: the bytes that are about to stand at that offset of the tarball. */
  async wrote(offset: number, bytes: Uint8Array): Promise<void> {
    const record = { wrote: [offset, bytes.length, checksumOf(bytes)] as const }
    this.#tail.push(record)
    await this.#append(record)
  }

  /** A file of the tarball is on the medium, and as large as it will be. */
  async closed(sizeBytes: number): Promise<void> {
    this.#parts.push({ sizeBytes })
    await this.#append({ closed: sizeBytes })
  }

  async summed(part: number, sha256: string): Promise<void> {
    const known = this.#parts[part]
    if (known !== undefined) known.sha256 = sha256
    await this.#append({ sum: [part, sha256] })
  }

  /** So many bytes of the tarball are on the medium; resolves when that is recorded there too. */
  async durable(bytes: number): Promise<void> {
    this.#durableBytes = bytes
    this.#tail = this.#tail.filter(({ wrote: [offset, length] }) => offset + length > bytes)
    if (this.#handle === undefined || this.#sizeBytes > COMPACT_BYTES) {
      await this.#rewrite().catch(() => undefined)
      return
    }
    await this.#append({ durable: bytes })
    await this.#handle?.datasync().catch(() => undefined)
  }

  /** Nothing from that offset on is to be relied on. */
  async cut(bytes: number): Promise<void> {
    this.#tail = []
    this.#durableBytes = Math.min(bytes, this.#durableBytes)
    await this.#rewrite().catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.#rewriting
    await this.#stop()
  }

  /** A record that is lost makes all after it unreadable: then the next mark writes everything anew. */
  async #append(record: JournalRecord): Promise<void> {
    await this.#rewriting
    const handle = this.#handle
    if (handle === undefined) return
    const { line, check } = encodeRecord(record, this.#check)
    const at = this.#sizeBytes
    this.#check = check
    this.#sizeBytes += line.length
    try {
      await handle.write(line, 0, line.length, at)
    } catch {
      if (this.#handle === handle) await this.#stop()
    }
  }

  async #rewrite(): Promise<void> {
    await this.#rewriting
    const writing = this.#writeAll()
    this.#rewriting = writing.catch(() => undefined)
    await writing
  }

  async #writeAll(): Promise<void> {
    await this.#stop()
    const lines: Uint8Array[] = []
    let check = FIRST_CHECK
    for (const record of this.#records()) {
      const encoded = encodeRecord(record, check)
      check = encoded.check
      lines.push(encoded.line)
    }
    const text = Buffer.concat(lines)
    await writeFileDurably(this.#path, text)
    this.#handle = await open(this.#path, 'r+')
    this.#check = check
    this.#sizeBytes = text.length
  }

  #records(): JournalRecord[] {
    return [
      { journal: 1, ...this.#binding },
      ...this.#parts.map(({ sizeBytes }) => ({ closed: sizeBytes })),
      ...this.#parts.flatMap(({ sha256 }, part) =>
        sha256 === undefined ? [] : [{ sum: [part, sha256] as const }],
      ),
      { durable: this.#durableBytes },
      ...this.#tail,
    ]
  }

  async #stop(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close().catch(() => undefined)
  }
}
