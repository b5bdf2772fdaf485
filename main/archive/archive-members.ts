import type { z } from 'zod'
import { AppError } from '../api/errors.ts'
import type { Digest } from '../registry/reference.ts'
import { digestOfBytes, parseDocument, readDocument } from './documents.ts'
import { blobPath } from './layout.ts'
import type { ReadBytes } from './read-ahead.ts'
import type { TarMember } from './tar-members.ts'

/** The members of a tarball by name, links followed within it, and its documents, each proven by its digest. */
export class ArchiveMembers {
  readonly list: readonly TarMember[]
  readonly #read: ReadBytes
  readonly #byName = new Map<string, TarMember>()

  /** Throws AppError `damaged` when two members of one name would show different things to different readers. */
  constructor(list: readonly TarMember[], read: ReadBytes) {
    this.list = list
    this.#read = read
    for (const member of list) {
      const name = plainName(member.name)
      if (this.#byName.has(name) && member.type !== 'folder') {
        throw new AppError('damaged', `The tarball has two members called ${name.slice(0, 200)}.`)
      }
      this.#byName.set(name, member)
    }
  }

  /** The file of that name. `docker save` writes a layer once, and links for its repeats. */
  find(name: string): TarMember | undefined {
    let wanted = plainName(name)
    for (let hops = 0; hops < MOST_HOPS; hops += 1) {
      const member = this.#byName.get(wanted)
      if (member === undefined || member.type === 'file') return member
      if (member.type === 'symbolic-link') wanted = resolveLink(wanted, member.linkName)
      else if (member.type === 'hard-link') wanted = plainName(member.linkName)
      else return undefined
    }
    return undefined
  }

  blob(digest: Digest): TarMember | undefined {
    return this.find(blobPath(digest))
  }

  async document<Output>(member: TarMember, schema: z.ZodType<Output>): Promise<Output> {
    return parseDocument(plainName(member.name), await readDocument(this.#read, member), schema)
  }

  /** A blob that is a document; undefined when it is not there. Throws AppError `damaged` unless it is what it is called. */
  async blobDocument<Output>(
    digest: Digest,
    schema: z.ZodType<Output>,
  ): Promise<Output | undefined> {
    const member = this.blob(digest)
    if (member === undefined) return undefined
    const bytes = await readDocument(this.#read, member)
    if (digestOfBytes(bytes) !== digest) {
      throw new AppError('damaged', `${blobPath(digest)} in the tarball is not what its name says.`)
    }
    return parseDocument(blobPath(digest), bytes, schema)
  }
}

const MOST_HOPS = 8

function plainName(name: string): string {
  const start = /^(?:\.?\/)*/.exec(name)?.[0].length ?? 0
  // No pattern: one that looks for slashes at the end takes a square of the time for many that are not.
  let end = name.length
  while (end > start && name[end - 1] === '/') end -= 1
  return name.slice(start, end)
}

/** Where a link points within the archive; what leads out of it finds nothing. */
function resolveLink(from: string, to: string): string {
  const path = to.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of to.split('/')) {
    if (step === '..') path.pop()
    else if (step !== '.' && step !== '') path.push(step)
  }
  return path.join('/')
}
