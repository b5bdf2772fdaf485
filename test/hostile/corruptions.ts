import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noise } from '../../main/sandbox/image.ts'
import { layout, SEED } from './image-to-corrupt.ts'

/** Numbers below a limit, from the seed. */
export type Roll = (limit: number) => number

export function dice(what: string): Roll {
  const bytes = Buffer.from(noise(`${SEED} ${what}`, 400_000))
  let at = 0
  return (limit) => {
    at += 4
    return bytes.readUInt32LE(at) % limit
  }
}

export const single = 'practice.tar'
const partOf = (number: number): string => `${single}.${String(number).padStart(3, '0')}`

/** Changes the bytes of one file; the damage is what differs then. */
type Change = (bytes: Buffer, roll: Roll) => Buffer

const flip =
  (from: number, to: number): Change =>
  (bytes, roll) => {
    const at = from + roll(to - from)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(8))
    return bytes
  }
export const spans = layout.members.map(({ headerOffset, dataOffset, sizeBytes }, position) => ({
  from: headerOffset,
  data: dataOffset,
  dataEnd: dataOffset + sizeBytes,
  to: layout.members[position + 1]?.headerOffset ?? layout.sizeBytes - 1024,
}))
const one = <Item>(items: readonly Item[], roll: Roll): Item => {
  const item = items[roll(items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}
const cut = (bytes: Buffer, from: number, to: number): Buffer =>
  Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])

export const changes: Readonly<Record<string, Change>> = {
  'a bit': (bytes, roll) => flip(0, bytes.length)(bytes, roll),
  'a bit of a header': (bytes, roll) => {
    const { from, data } = one(spans, roll)
    return flip(from, data)(bytes, roll)
  },
  'a bit of a document': (bytes, roll) => {
    const { data, dataEnd } = one(spans.slice(0, 6), roll)
    return flip(data, dataEnd)(bytes, roll)
  },
  'a bit of padding': (bytes, roll) => {
    const { dataEnd, to } = one(
      spans.filter((span) => span.to > span.dataEnd),
      roll,
    )
    return flip(dataEnd, to)(bytes, roll)
  },
  'a bit of the end': (bytes, roll) => flip(layout.sizeBytes - 1024, bytes.length)(bytes, roll),
  'a truncation': (bytes, roll) => bytes.subarray(0, roll(bytes.length)),
  'a zeroed tail': (bytes, roll) => bytes.fill(0, roll(spans.at(-1)?.dataEnd ?? 0)),
  'a lost sector': (bytes, roll) => {
    const at = roll(bytes.length - 1024)
    return cut(bytes, at, at + 512)
  },
  'added bytes': (bytes, roll) => {
    const at = roll(bytes.length)
    const more = Buffer.from(noise(`${SEED} ${at}`, 1 + roll(2000)))
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
  },
  'swapped members': (bytes, roll) => {
    const a = roll(spans.length - 1)
    const b = a + 1 + roll(spans.length - a - 1)
    const [first, second] = [spans[a], spans[b]]
    if (!first || !second) throw new Error('no such members')
    return Buffer.concat([
      bytes.subarray(0, first.from),
      bytes.subarray(second.from, second.to),
      bytes.subarray(first.to, second.from),
      bytes.subarray(first.from, first.to),
      bytes.subarray(second.to),
    ])
  },
  'a member twice': (bytes, roll) => {
    const { from, to } = one(spans, roll)
    const { to: at } = one(spans, roll)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at)])
  },
  'a member left out': (bytes, roll) => {
    // Nothing but SHA256SUMS tells of the published index: without it this is another whole tarball.
    const { from, to } = one(
      spans.filter((_, position) => position !== 5),
      roll,
    )
    return cut(bytes, from, to)
  },
}

/** These are told by the member that is in the wrong place or missing, which need not be where the first byte differs. */
export const moves = new Set([
  'a truncation',
  'a lost sector',
  'added bytes',
  'swapped members',
  'a member twice',
  'a member left out',
])

/** What happens to the parts of a tarball: which one is named, where it is known. */
export const partChanges: Record<
  string,
  (folder: string, roll: Roll, parts: number) => Promise<string[]>
> = {
  'a part missing': async (folder, roll, parts) => {
    const file = partOf(roll(parts - 1))
    await rm(join(folder, file))
    return [file]
  },
  'parts swapped': async (folder, roll, parts) => {
    const a = roll(parts - 1)
    const b = a + 1 + roll(parts - a - 1)
    await rename(join(folder, partOf(a)), join(folder, 'aside'))
    await rename(join(folder, partOf(b)), join(folder, partOf(a)))
    await rename(join(folder, 'aside'), join(folder, partOf(b)))
    return [partOf(a), partOf(b)]
  },
  'a bit of a part': async (folder, roll, parts) => {
    const file = partOf(roll(parts))
    const bytes = await readFile(join(folder, file))
    await writeFile(join(folder, file), flip(0, bytes.length)(bytes, roll))
    return [file]
  },
  'a part cut short': async (folder, roll, parts) => {
    const file = partOf(roll(parts))
    const bytes = await readFile(join(folder, file))
    await writeFile(join(folder, file), bytes.subarray(0, roll(bytes.length)))
    return [file]
  },
}
