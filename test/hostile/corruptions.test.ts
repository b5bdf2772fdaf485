import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../main/archive/check.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import {
  layoutOf,
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'
import {
  makeImage,
  makeIndex,
  makeLayer,
  type MadeLayer,
  noise,
  digestOf,
} from '../../main/sandbox/image.ts'

/** So that a failure can be had again. */
const SEED = process.env['CORRUPTION_SEED'] ?? 'corruptions 1'
const PART_BYTES = 40_960

const image = makeImage({
  platform: practiceImage().platform,
  layers: [
    squeezed(
      makeLayer({
        seed: `${SEED} text`,
        files: { 'usr/words': { bytes: words(200_000) } },
        compression: 'none',
      }),
    ),
    makeLayer({ seed: `${SEED} noise`, sizeBytes: 30_000 }),
    makeLayer({ seed: `${SEED} plain`, sizeBytes: 9000, compression: 'none' }),
    makeLayer({ seed: `${SEED} zstd`, sizeBytes: 20_000, compression: 'zstd' }),
    makeLayer({ seed: `${SEED} last`, sizeBytes: 5000 }),
  ],
})
const { index } = makeIndex({ children: [image] })
const layout = layoutOf(image, practiceReference, [index])

/** Compressed for real, so that a wrong bit derails what follows. */
function squeezed(layer: MadeLayer): MadeLayer {
  const bytes = gzipSync(layer.bytes)
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
  return { ...layer, bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } }
}

function words(count: number): string {
  return Array.from(noise(`${SEED} words`, count), (byte) => 'etaoinshrdlu '[byte % 13]).join('')
}

/** Where a file was changed: its name, and from its first wrong byte to its last. */
interface Damage {
  readonly what: string
  readonly file: string
  readonly from: number
  readonly to: number
}

/** Numbers below a limit, from the seed. */
type Roll = (limit: number) => number

function dice(): Roll {
  const bytes = Buffer.from(noise(SEED, 400_000))
  let at = 0
  return (limit) => {
    at += 4
    return bytes.readUInt32LE(at) % limit
  }
}

const single = 'practice.tar'
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
const spans = layout.members.map(({ headerOffset, dataOffset, sizeBytes }, position) => ({
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

const changes: Record<string, Change> = {
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
const moves = new Set([
  'a truncation',
  'a lost sector',
  'added bytes',
  'swapped members',
  'a member twice',
  'a member left out',
])

/** What happens to the parts of a tarball: which one is named, where it is known. */
const partChanges: Record<
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

function differing(before: Buffer, after: Buffer): { from: number; to: number } {
  const length = Math.min(before.length, after.length)
  let from = 0
  while (from < length && before[from] === after[from]) from += 1
  if (after.length !== before.length) return { from, to: Math.max(from + 1, after.length) }
  let to = length
  while (to > from && before[to - 1] === after[to - 1]) to -= 1
  return { from, to }
}

/** Some problem tells of the file, and its place touches the damage. */
function isNamed(problems: readonly Problem[], { file, from, to }: Damage): boolean {
  return problems.some((problem) => {
    const { from: first = { file: '', offset: 0 }, to: last = first } = problem
    const start = first.file === file ? first.offset : 0
    const end = last.file === file ? last.offset : Infinity
    const isOfFile = first.file <= file && file <= last.file
    return isOfFile && start <= to && end >= from
  })
}

async function verify(folder: string): Promise<Problem[]> {
  const { files } = await verifyFiles({ folder })
  return files.flatMap(({ problems }) => problems)
}

describe(`Of 200 corruptions (seed: ${SEED})`, () => {
  it('verify finds all, and names the file, the layer and the bytes', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, image, { extras: [index] })
    const whole = await readFile(join(folder, single))
    expect(await verify(folder)).toEqual([])
    const roll = dice()
    const kinds = Object.keys(changes)
    const table = new Map<
      string,
      { done: number; found: number; placed: number; layer: number; bytes: number }
    >()
    const missed: string[] = []
    const count = (
      kind: string,
      got: { found: boolean; placed: boolean; layer: boolean; bytes: number },
    ) => {
      const row = table.get(kind) ?? { done: 0, found: 0, placed: 0, layer: 0, bytes: 0 }
      table.set(kind, {
        done: row.done + 1,
        found: row.found + Number(got.found),
        placed: row.placed + Number(got.placed),
        layer: row.layer + Number(got.layer),
        bytes: row.bytes + got.bytes,
      })
    }
    for (let round = 0; round < 160; round += 1) {
      const kind = kinds[round % kinds.length] ?? ''
      const changed = changes[kind]?.(Buffer.from(whole), roll) ?? whole
      if (Buffer.compare(changed, whole) === 0) throw new Error(`${kind}: nothing was changed`)
      await writeFile(join(folder, single), changed)
      const damage = { what: kind, file: single, ...differing(whole, changed) }
      const problems = await verify(folder)
      const hit = spans.findIndex(
        ({ dataEnd, to }) => damage.from < (kind === 'a truncation' ? dataEnd : to),
      )
      const digest = layout.members[hit]?.name.slice('blobs/sha256/'.length)
      const isBlob = layout.members[hit]?.name.startsWith('blobs/') === true
      const isLayerNamed =
        !isBlob ||
        moves.has(kind) ||
        problems.some((problem) => JSON.stringify(problem).includes(digest ?? ''))
      const spanBytes = Math.min(
        ...problems.map(({ from, to }) => (to?.offset ?? 0) - (from?.offset ?? 0)),
      )
      const placed = isNamed(problems, damage)
      count(kind, { found: problems.length > 0, placed, layer: isLayerNamed, bytes: spanBytes })
      if (!placed || !isLayerNamed)
        missed.push(
          JSON.stringify({ round, ...damage, name: layout.members[hit]?.name, problems }, null, 1),
        )
    }
    await rm(join(folder, single))

    const partKinds = Object.keys(partChanges)
    for (let round = 0; round < 40; round += 1) {
      const own = join(folder, `${round}`)
      await mkdir(own)
      const { files } = await writeImage(own, image, {
        extras: [index],
        maxFileSizeBytes: PART_BYTES,
      })
      if (round % 2 === 1) {
        await writeFile(
          join(own, 'SHA256SUMS'),
          files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''),
        )
      }
      const kind = partKinds[Math.floor(round / 2) % partKinds.length] ?? ''
      const named = (await partChanges[kind]?.(own, roll, files.length)) ?? []
      const problems = await verify(own)
      const placed = named.every((file) =>
        isNamed(problems, { what: kind, file, from: 0, to: PART_BYTES }),
      )
      count(kind, { found: problems.length > 0, placed, layer: true, bytes: 0 })
      if (!placed) missed.push(JSON.stringify({ round, kind, named, problems }, null, 1))
    }

    const rows = [...table]
    console.info(
      rows
        .map(
          ([kind, { done, found, placed, layer, bytes }]) =>
            `${kind.padEnd(20)} ${found} of ${done} found, ${placed} with the file and place, ${layer} with the layer, within ${Math.round(bytes / done)} bytes`,
        )
        .join('\n'),
    )
    const total = (of: 'done' | 'found' | 'placed'): number =>
      rows.reduce((sum, [, row]) => sum + row[of], 0)
    console.info(
      `${total('found')} of ${total('done')} corruptions found, ${total('placed')} located`,
    )
    expect(missed.join('\n')).toBe('')
    expect(total('found')).toBe(200)
  })
})
