import { basename } from 'node:path'
import type { FilePlace, Problem } from './check.ts'
import { checkBytes } from './check-bytes.ts'
import { compressionAt } from './compression.ts'
import type { TarballLayout } from './layout.ts'
import type { Tarball } from './parts.ts'
import { digestIn } from './read-docker.ts'
import { findRearrangement } from './rearranged.ts'
import { BLOCK_BYTES } from './tar-header.ts'
import { unpackableUntil } from './unpackable.ts'

/**
 * Says as closely as can be known what happened to a tarball of ours that does not hold together, and where: a second
 * look, which healthy ones never need.
 */
export async function locate(
  tarball: Tarball,
  layout: TarballLayout,
  problems: readonly Problem[],
  signal?: AbortSignal,
): Promise<Problem[]> {
  // What the drive does not give cannot be looked at twice.
  if (problems.some(({ kind }) => kind === 'unreadable')) return [...problems]
  if (problems.every(({ kind }) => kind === 'checksum')) {
    const detail = 'It holds together, but SHA256SUMS tells of another: that list may be damaged.'
    return problems.map((problem) => Object.assign(problem, { detail }))
  }
  const mayBeMoved = problems.some(({ kind }) => ['header', 'truncated', 'surplus'].includes(kind))
  const rearranged = mayBeMoved && (await findRearrangement(tarball, layout, signal))
  if (!rearranged) return await narrowAll(tarball, problems, signal)
  const checksums = problems.filter(({ kind }) => kind === 'checksum')
  const inPlace = await checkBytes(tarball, rearranged.segments, {}, signal)
  const all = [...rearranged.problems, ...inPlace, ...checksums]
  return await narrowAll(tarball, all.length > 0 ? all : problems, signal)
}

/** Makes the places of problems as small as they can be known to be. */
export async function narrowAll(
  tarball: Tarball,
  problems: readonly Problem[],
  signal?: AbortSignal,
): Promise<Problem[]> {
  const zeros = await zeroTail(tarball, problems)
  const narrowed: Problem[] = zeros === undefined ? [] : [zeros]
  for (const problem of problems) {
    // What lies among the zeros has its explanation.
    const isExplained = endOf(problem) > (zeros?.offset ?? Infinity)
    if (isExplained && problem.kind !== 'checksum') continue
    narrowed.push(
      problem.kind === 'digest-mismatch'
        ? await narrow(tarball, problem, problems, signal)
        : problem,
    )
  }
  return narrowed.toSorted(inOrder)
}

function inOrder(a: Problem, b: Problem): number {
  return (a.offset ?? 0) - (b.offset ?? 0)
}

/** Names the files, and the blob by its digest. */
export function inFiles(tarball: Tarball, problem: Problem): Problem {
  const { offset, length = 0, member } = problem
  if (offset === undefined) return problem
  const digest = member === undefined ? undefined : digestIn(member)
  const from = filePlace(tarball, offset)
  const end = Math.min(offset + length, tarball.sizeBytes)
  const last = end > offset ? filePlace(tarball, end - 1) : undefined
  return {
    ...problem,
    ...(digest && { digest }),
    ...(from && { from, to: last ? { ...last, offset: last.offset + 1 } : from }),
  }
}

function filePlace({ files }: Tarball, offset: number): FilePlace | undefined {
  const part = files.find(({ start, sizeBytes }) => offset < start + sizeBytes) ?? files.at(-1)
  return part && { file: basename(part.path), offset: offset - part.start }
}

/** Where a drive lost what was written last, it gives zeros: told so, where something else should stand. */
async function zeroTail(
  tarball: Tarball,
  problems: readonly Problem[],
): Promise<Problem | undefined> {
  const offset = await zerosFrom(tarball)
  const length = tarball.sizeBytes - offset
  const sorted = problems.filter(({ kind }) => kind !== 'checksum').toSorted(inOrder)
  for (const problem of sorted) {
    const { kind } = problem
    const isHit =
      problem.member === undefined
        ? length > MOST_END_BYTES
        : endOf(problem) > offset + MOST_OWN_ZEROS &&
          (await endsOtherwise(tarball, kind, problem.offset ?? 0))
    if (!isHit) continue
    const member = sorted.find((one) => endOf(one) > offset)?.member
    const detail = `From there on it is all zeros${member === undefined ? '' : `, from ${member} on`}.`
    return { kind: 'zeroed', detail, offset, length, ...(member !== undefined && { member }) }
  }
  return undefined
}

function endOf({ offset = 0, length = 0 }: Problem): number {
  return offset + length
}

/** GNU tar fills its records of 20 blocks. */
const MOST_END_BYTES = 21 * BLOCK_BYTES
/** What gzip's length, at its end, may have. */
const MOST_OWN_ZEROS = 8

/** Plain layers, and zstd's that are not squeezed, may well end in zeros; gzip ends in a checksum (RFC 1952, 2.3.1). */
async function endsOtherwise(
  tarball: Tarball,
  kind: Problem['kind'],
  offset: number,
): Promise<boolean> {
  if (kind === 'header' || kind === 'document') return true
  return kind === 'digest-mismatch' && (await compressionAt(tarball, offset)) === 'gzip'
}

async function zerosFrom(tarball: Tarball): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(256 * 1024)
  for (let end = tarball.sizeBytes; end > 0;) {
    const start = Math.max(0, end - buffer.length)
    const bytes = buffer.subarray(0, await tarball.read(buffer.subarray(0, end - start), start))
    const last = bytes.findLastIndex((byte) => byte !== 0)
    if (last >= 0) return start + last + 1
    end = start
  }
  return 0
}

/** The damage lies before the byte at which the layer cannot be unpacked any more, and in a file whose sum is wrong. */
async function narrow(
  tarball: Tarball,
  problem: Problem,
  problems: readonly Problem[],
  signal?: AbortSignal,
): Promise<Problem> {
  const { offset = 0, length = 0 } = problem
  const broken = await unpackableUntil(tarball, offset, offset + length, signal)
  const badFiles = problems
    .filter((other) => other.kind === 'checksum')
    .map((other) => [other.offset ?? 0, (other.offset ?? 0) + (other.length ?? 0)] as const)
    .filter(([from, to]) => from < offset + length && to > offset)
  const from = Math.max(offset, Math.min(...badFiles.map(([start]) => start)))
  const to = Math.min(broken ?? offset + length, Math.max(...badFiles.map(([, end]) => end)))
  if (badFiles.length === 0) {
    return broken === undefined ? problem : { ...problem, length: broken - offset }
  }
  return to > from ? { ...problem, offset: from, length: to - from } : problem
}
