import { createHash } from 'node:crypto'
import type { Platform } from '../registry/manifest.ts'
import type { Reference } from '../registry/reference.ts'

/**
 * The file name of a tarball: `nvcr.io_nvidia_pytorch_24.01-py3_linux-amd64.tar`.
 * Legal on FAT, exFAT, NTFS and ext4, at most 200 bytes, and never the same for two references or platforms, even where
 * file systems ignore case: as long as no component has an underscore or a capital letter, underscores between them
 * can be undone; everything else gets `__` and a hash, which no plain name holds.
 */
export function tarballName(reference: Reference, platform: Platform): string {
  const { registry, repository, tag, digest } = reference
  const version = tag ?? digest?.replace(':', '-').slice(0, 'sha256-'.length + 12) ?? ''
  const system = [platform.os, platform.architecture, platform.variant].filter(
    (part) => part !== undefined,
  )
  const components = [registry, ...repository.split('/'), version, system.join('-')]
  const plain = components.join('_')
  const isUndoable =
    digest === undefined &&
    components.every((component) => /^[a-z0-9.-]+$/.test(component)) &&
    system.every((part) => /^[a-z0-9.]+$/.test(part))
  if (isUndoable && plain.length <= LONGEST && !RESERVED.test(plain)) return `${plain}${TAR}`
  const hash = createHash('sha256')
    .update(JSON.stringify([registry, repository, tag ?? null, digest ?? null, ...system]))
    .digest('hex')
    .slice(0, HASH_DIGITS)
  const legal = plain.replaceAll(/[^\w.-]/g, '-').replaceAll(/_{2,}/g, '_')
  const safe = RESERVED.test(legal) || legal.startsWith('-') ? `_${legal}` : legal
  return `${safe.slice(0, LONGEST - HASH_DIGITS - 2)}__${hash}${TAR}`
}

const TAR = '.tar'
const HASH_DIGITS = 12
/** Room for `.tar` and for `.000.partial`. */
const LONGEST = 200 - '.tar.000.partial'.length

/** Windows takes these for devices, whatever follows the first dot. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** What a file in a destination is by its name. */
export interface FileName {
  /** Of the tarball, with `.tar`. */
  readonly name: string
  /** Position among the parts of the tarball; none when it is one file. */
  readonly part?: number
  /** Still being written, or left over. */
  readonly isPartial: boolean
}

export function parseFileName(file: string): FileName {
  const isPartial = file.endsWith(PARTIAL)
  const whole = isPartial ? file.slice(0, -PARTIAL.length) : file
  const [, name, digits] = /^(.+\.tar)\.(\d{3})$/is.exec(whole) ?? []
  if (name === undefined || digits === undefined) return { name: whole, isPartial }
  return { name, part: Number(digits), isPartial }
}

/** Parts sort by name, so that `cat NAME.tar.*` is the tarball. */
export function partName(name: string, part: number): string {
  return `${name}.${String(part).padStart(3, '0')}`
}

export const MOST_PARTS = 1000
export const PARTIAL = '.partial'

/** What was left of another image of the same name has this name, as long as its layers may still be wanted. */
export function earlierName(name: string): string {
  return `${name.slice(0, -TAR.length)}.earlier${TAR}`
}

/** What tells how far a partial tarball is to be relied on, whether or not it is in parts. */
export function journalName(name: string): string {
  return `${name}${JOURNAL}`
}

/** The tarball that a journal is of; undefined for other files. */
export function journalled(file: string): string | undefined {
  return file.endsWith(JOURNAL) ? file.slice(0, -JOURNAL.length) : undefined
}

const JOURNAL = '.journal'

/** Whether a file says of itself that it is a tarball, a part of one, or a compressed one. */
export function isTarballName(name: string): boolean {
  return /\.(?:tar|tgz|oci)(?:\.|$)/i.test(name)
}
