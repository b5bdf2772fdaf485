import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Problem } from '../../main/archive/check.ts'
import { verifyFiles } from '../../main/library/verify-files.ts'
import { temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { changes, dice, moves, partChanges, single, spans } from './corruptions.ts'
import { image, index, layout, SEED } from './image-to-corrupt.ts'

const PART_BYTES = 40_960

describe(`Of 200 corruptions (seed: ${SEED})`, () => {
  const outcomes: Outcome[] = []
  afterAll(() => console.info(table(outcomes)))

  it('verify finds the 160 of a whole tarball, and names the file, the layer and the bytes', async () => {
    const roll = dice('whole')
    const folder = await temporaryFolder()
    await writeImage(folder, image, { extras: [index] })
    const whole = await readFile(join(folder, single))
    expect(await verify(folder)).toEqual([])
    const kinds = Object.keys(changes)
    for (let round = 0; round < 160; round += 1) {
      const kind = kinds[round % kinds.length] ?? ''
      const changed = changes[kind]?.(Buffer.from(whole), roll) ?? whole
      if (Buffer.compare(changed, whole) === 0) throw new Error(`${kind}: nothing was changed`)
      await writeFile(join(folder, single), changed)
      const damage = { file: single, ...differing(whole, changed) }
      const problems = await verify(folder)
      const hit = memberOf(damage, kind)
      const placed = isNamed(problems, damage)
      const layer =
        hit?.startsWith('blobs/') !== true ||
        moves.has(kind) ||
        JSON.stringify(problems).includes(hit.slice('blobs/sha256/'.length))
      const bytes = Math.min(
        ...problems.map(({ from, to }) => (to?.offset ?? 0) - (from?.offset ?? 0)),
      )
      const outcome = { kind, found: problems.length > 0, placed, layer, bytes }
      outcomes.push(outcome)
      expect
        .soft(outcome, told({ round, ...damage, hit, problems }))
        .toMatchObject({ found: true, placed: true, layer: true })
    }
  })

  it('verify finds the 40 of parts, with SHA256SUMS and without, and names the part', async () => {
    const roll = dice('parts')
    const folder = await temporaryFolder()
    const kinds = Object.keys(partChanges)
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
      const kind = kinds[Math.floor(round / 2) % kinds.length] ?? ''
      const named = (await partChanges[kind]?.(own, roll, files.length)) ?? []
      const problems = await verify(own)
      const placed = named.every((file) => isNamed(problems, { file, from: 0, to: PART_BYTES }))
      const outcome = { kind, found: problems.length > 0, placed, layer: true, bytes: 0 }
      outcomes.push(outcome)
      expect
        .soft(outcome, told({ round, named, problems }))
        .toMatchObject({ found: true, placed: true })
    }
  })
})

/** Where a file was changed: its name, from its first wrong byte to its last. */
interface Damage {
  readonly file: string
  readonly from: number
  readonly to: number
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

/** The name of the member that was hit first. */
function memberOf({ from }: Damage, kind: string): string | undefined {
  const hit = spans.findIndex(({ dataEnd, to }) => from < (kind === 'a truncation' ? dataEnd : to))
  return layout.members[hit]?.name
}

function told(what: object): string {
  return JSON.stringify(what, null, 1)
}

/** How one corruption was told of, and within how many bytes. */
interface Outcome {
  readonly kind: string
  readonly found: boolean
  readonly placed: boolean
  readonly layer: boolean
  readonly bytes: number
}

function table(outcomes: readonly Outcome[]): string {
  const count = (of: readonly Outcome[], is: 'found' | 'placed' | 'layer'): number =>
    of.filter((outcome) => outcome[is]).length
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))]
  const rows = kinds.map((kind) => {
    const of = outcomes.filter((outcome) => outcome.kind === kind)
    const bytes = of.reduce((sum, outcome) => sum + outcome.bytes, 0) / of.length
    return (
      `${kind.padEnd(20)} ${count(of, 'found')} of ${of.length} found, ` +
      `${count(of, 'placed')} with the file and place, ${count(of, 'layer')} with the layer, ` +
      `within ${Math.round(bytes)} bytes`
    )
  })
  return [
    ...rows,
    `${count(outcomes, 'found')} of ${outcomes.length} found, ${count(outcomes, 'placed')} located`,
  ].join('\n')
}
