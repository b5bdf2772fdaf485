import { basename } from 'node:path'
import type { Segment } from './check-bytes.ts'
import type { Problem } from './check.ts'
import { findHeaders } from './find-headers.ts'
import type { LayoutMember, TarballLayout } from './layout.ts'
import { parseFileName } from './name.ts'
import type { Tarball, TarballPart } from './parts.ts'
import { segmentsOfMember } from './segments.ts'
import { END_BYTES, paddingAfter } from './tar-header.ts'

/** How a tarball of ours was put together otherwise than it was written, and what its bytes must be all the same. */
export interface Rearrangement {
  readonly problems: readonly Problem[]
  readonly segments: readonly Segment[]
}

/**
 * Where the members of a tarball stand, by their headers, wherever these are: lost and added bytes, members and parts in
 * another's place, twice, or not there. Undefined when every header that can be found is in its place.
 */
export async function findRearrangement(
  tarball: Tarball,
  layout: TarballLayout,
  signal?: AbortSignal,
): Promise<Rearrangement | undefined> {
  const { members } = layout
  const wanted = new Map(
    members.map(({ header }, index) => [Buffer.from(header).toString('latin1'), index]),
  )
  const found = await findHeaders(
    tarball,
    (block, offset): Standing | undefined => {
      const index = wanted.get(block.toString('latin1'))
      const member = index === undefined ? undefined : members[index]
      return index === undefined || member === undefined ? undefined : { index, member, offset }
    },
    signal,
  )
  if (found.every(({ member, offset }) => member.headerOffset === offset)) return undefined
  const parts = movedParts(tarball, found)
  return parts.length > 0 ? { problems: parts, segments: [] } : compare(layout, found, tarball)
}

/** A header as it was written, and where it is. */
interface Standing {
  readonly index: number
  readonly member: LayoutMember
  readonly offset: number
}

/** Parts whose headers all belong where another begins, and that other. All parts but the last are of one size. */
function movedParts({ files }: Tarball, found: readonly Standing[]): Problem[] {
  const partBytes = partBytesOf(files)
  const parts = new Map(files.map((part) => [parseFileName(basename(part.path)).part, part]))
  const moved = new Map<TarballPart, number>()
  for (const [number, part] of parts) {
    const shifts = found
      .filter(({ offset }) => offset >= part.start && offset < part.start + part.sizeBytes)
      .map(({ member, offset }) => member.headerOffset - offset)
    const [shift] = shifts
    if (shift === undefined || shifts.some((other) => other !== shift)) continue
    const meant = (part.start + shift) / partBytes
    if (Number.isInteger(meant) && number !== undefined && meant !== number) moved.set(part, meant)
  }
  const robbed = [...moved.values()].flatMap((number) => parts.get(number) ?? [])
  return [
    ...Array.from(moved, ([part, number]) =>
      ofPart(part, `${basename(part.path)} holds what part ${number} should.`),
    ),
    ...robbed
      .filter((part) => !moved.has(part))
      .map((part) => ofPart(part, `${basename(part.path)} holds what another part should.`)),
  ]
}

function ofPart({ start: offset, sizeBytes: length }: TarballPart, detail: string): Problem {
  return { kind: 'misplaced', detail, offset, length }
}

function compare(
  { members, sizeBytes }: TarballLayout,
  found: readonly Standing[],
  { files, sizeBytes: actualBytes }: Tarball,
): Rearrangement {
  const problems: Problem[] = []
  const segments: Segment[] = []
  const seen = new Set<number>()
  const stand = (member: LayoutMember | undefined, offset: number): void => {
    if (member !== undefined)
      segments.push(...segmentsOfMember(member, offset - member.headerOffset))
  }
  /** Members whose headers were not found but stand in line, from one that was on. */
  const standBetween = (from: number, to: number, shift: number): void => {
    for (let index = from; index < to; index += 1) {
      const member = members[index]
      if (member !== undefined && !seen.has(index)) stand(member, member.headerOffset + shift)
      seen.add(index)
    }
  }
  let index = -1
  let end = 0
  for (const [position, { index: nextIndex, member, offset }] of found.entries()) {
    const due = members[index + 1]
    const inLine = end + member.headerOffset - (due?.headerOffset ?? sizeBytes - END_BYTES)
    if (seen.has(nextIndex)) {
      const detail = `${member.name} stands there a second time.`
      problems.push({ kind: 'misplaced', detail, ...placeOf(member, offset) })
    } else if (offset === end && nextIndex !== index + 1) {
      const detail = `${member.name} stands where ${due?.name ?? 'the end'} should.`
      problems.push({ kind: 'misplaced', detail, ...placeOf(member, offset) })
    } else if (offset === inLine) {
      standBetween(index + 1, nextIndex, offset - member.headerOffset)
    } else {
      problems.push(
        shortPart(files, inLine - offset) ?? shifted(members[index], due, end, offset, inLine),
      )
    }
    const nextOffset = found[position + 1]?.offset ?? actualBytes
    // What lost bytes is told of above, or below.
    if (offset + spanOf(member) <= nextOffset) stand(member, offset)
    seen.add(nextIndex)
    index = nextIndex
    end = offset + spanOf(member)
  }
  const isAll = members.every((_, position) => seen.has(position))
  const due = isAll ? undefined : members[index + 1]
  if (due !== undefined) standBetween(index + 1, members.length, end - due.headerOffset)
  for (const [position, { name }] of members.entries()) {
    if (!seen.has(position)) {
      problems.push({
        kind: 'missing-blob',
        detail: `${name} is missing.`,
        member: name,
        offset: end,
      })
    }
  }
  const wholeBytes = due === undefined ? end + END_BYTES : end + sizeBytes - due.headerOffset
  if (wholeBytes !== actualBytes) problems.push(wrongEnd(wholeBytes, actualBytes))
  return { problems, segments }
}

/** The part that lacks just so many bytes to be as long as the others. */
function shortPart(files: Tarball['files'], missingBytes: number): Problem | undefined {
  const part = files
    .slice(0, -1)
    .find(({ sizeBytes }) => missingBytes > 0 && partBytesOf(files) - sizeBytes === missingBytes)
  if (part === undefined) return undefined
  const detail = `${basename(part.path)} ends ${missingBytes} bytes too early.`
  return { kind: 'lost', detail, offset: part.start + part.sizeBytes - 1, length: 1 }
}

function partBytesOf(files: Tarball['files']): number {
  return Math.max(...files.map(({ sizeBytes }) => sizeBytes))
}

function shifted(
  before: LayoutMember | undefined,
  due: LayoutMember | undefined,
  end: number,
  offset: number,
  inLine: number,
): Problem {
  const count = Math.abs(offset - inLine)
  const start = before === undefined ? 0 : end - spanOf(before)
  const name = before?.name ?? due?.name
  const member = name === undefined ? {} : { member: name }
  if (offset < inLine) {
    const detail = `${count} bytes are missing in ${name ?? 'it'}, or right after it.`
    return { kind: 'lost', detail, offset: start, length: offset - start, ...member }
  }
  const from = Math.min(end, offset)
  const detail = `${count} bytes too many stand after ${name ?? 'its start'}.`
  return { kind: 'surplus', detail, offset: from, length: offset - from, ...member }
}

function wrongEnd(wholeBytes: number, actualBytes: number): Problem {
  const count = Math.abs(actualBytes - wholeBytes)
  return actualBytes < wholeBytes
    ? {
        kind: 'truncated',
        detail: `The last ${count} bytes are missing.`,
        offset: actualBytes,
        length: 0,
      }
    : {
        kind: 'surplus',
        detail: `${count} bytes follow its end.`,
        offset: wholeBytes,
        length: count,
      }
}

function placeOf(member: LayoutMember, offset: number) {
  return { offset, length: spanOf(member), member: member.name }
}

/** From its header to the next. */
function spanOf({ header, sizeBytes }: LayoutMember): number {
  return header.length + sizeBytes + paddingAfter(sizeBytes)
}
