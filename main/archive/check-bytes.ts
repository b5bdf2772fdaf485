import { basename } from 'node:path'
import { AppError } from '../api/errors.ts'
import type { ReadFrom } from '../disk/past-cache.ts'
import { createCheck, type Check, type Expectation, type Problem } from './check.ts'
import type { Tarball } from './parts.ts'
import { createSha256, sharedBytes, type Sha256 } from './sha256.ts'

/** What the bytes from `offset` on must be. */
export interface Segment {
  readonly offset: number
  readonly length: number
  /** Of the member, for the user. */
  readonly name: string
  readonly expected: Expectation
}

const SLAB_BYTES = 1024 * 1024
const MOST_SLABS = 4

/**
 * Reads every byte once, in order, from the medium itself where the system lets it, and holds it against what the segments
 * (in order, without overlap) expect, and each file against its sum. Reading goes on while workers hash; memory is bounded.
 * Returns problems in the order of offsets.
 */
export async function checkBytes(
  tarball: Tarball,
  segments: readonly Segment[],
  options: {
    /** Expected SHA-256 of each file, where there is one. */
    readonly sums?: readonly (string | undefined)[]
    readonly onProgress?: ((bytes: number) => void) | undefined
    /** Told once where the bytes came from. */
    readonly onSource?: ((readFrom: ReadFrom) => void) | undefined
  },
  signal?: AbortSignal,
): Promise<Problem[]> {
  const checks = [...segmentChecks(segments), ...fileChecks(tarball, options.sums ?? [])]
  const problems: Problem[] = []
  const free = Array.from({ length: MOST_SLABS }, () => Promise.resolve(sharedBytes(SLAB_BYTES)))
  const running = new Set<Running>()
  const waiting = checks.toSorted((a, b) => b.offset - a.offset)
  const medium = await tarball.pastCache()
  options.onSource?.(medium === undefined ? 'cache' : 'medium')
  let position = 0
  try {
    while (position < tarball.sizeBytes) {
      signal?.throwIfAborted()
      const slab = await free.shift()
      if (slab === undefined) throw new Error('no slab is left')
      const length = await (medium ?? tarball).read(slab, position)
      if (length === 0) break
      const end = position + length
      while ((waiting.at(-1)?.offset ?? end) < end) {
        const next = waiting.pop()
        if (next !== undefined) running.add({ ...next, check: next.start() })
      }
      const done: Promise<unknown>[] = []
      for (const item of running) {
        const from = Math.max(item.offset, position)
        const to = Math.min(item.offset + item.length, end)
        done.push(item.check.update(slab.subarray(from - position, to - position), from))
        if (to === item.offset + item.length) {
          running.delete(item)
          done.push(item.check.end().then((found) => problems.push(...found)))
        }
      }
      const released = Promise.all(done).then(() => slab)
      released.catch(() => undefined) // met when the slab is taken again, or below
      free.push(released)
      position = end
      options.onProgress?.(position)
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    problems.push({ kind: 'unreadable', detail: error.message, offset: position })
  } finally {
    for (const { check } of running) check.drop()
    await medium?.close()
  }
  await Promise.all(free)
  return problems.toSorted((a, b) => (a.offset ?? 0) - (b.offset ?? 0))
}

interface Startable {
  readonly offset: number
  readonly length: number
  start(): Check
}

interface Running extends Startable {
  readonly check: Check
}

function segmentChecks(segments: readonly Segment[]): Startable[] {
  return segments
    .filter(({ length }) => length > 0)
    .map(({ offset, length, name, expected }) => ({
      offset,
      length,
      start: () => createCheck(expected, { offset, length, member: name }),
    }))
}

function fileChecks(tarball: Tarball, sums: readonly (string | undefined)[]): Startable[] {
  return tarball.files.flatMap(({ start: offset, sizeBytes: length }, position) => {
    const sum = sums[position]
    if (sum === undefined) return []
    const nameOf = (actual: string): string | undefined => {
      const other = tarball.files[sums.indexOf(actual)]
      return other && basename(other.path)
    }
    return [{ offset, length, start: () => sumCheck(sum, nameOf, offset, length) }]
  })
}

function sumCheck(
  sum: string,
  nameOf: (sum: string) => string | undefined,
  offset: number,
  length: number,
): Check {
  const hash: Sha256 = createSha256()
  return {
    update: (bytes) => hash.update(bytes),
    end: async () => {
      const actual = await hash.digest()
      if (actual === sum) return []
      const other = nameOf(actual)
      const detail =
        other === undefined
          ? 'The file is not the one that SHA256SUMS tells of.'
          : `By SHA256SUMS the file is ${other} under another name.`
      return [{ kind: 'checksum', detail, offset, length }]
    },
    drop: () => hash.drop(),
  }
}
