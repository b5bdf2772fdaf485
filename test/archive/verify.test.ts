import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TarballLayout } from '../../main/archive/layout.ts'
import { openTarball } from '../../main/archive/parts.ts'
import type { Problem } from '../../main/archive/check.ts'
import { verifyTarball } from '../../main/archive/verify.ts'
import { makeIndex, noise } from '../../main/sandbox/image.ts'
import {
  layoutOf,
  practiceImage,
  practiceReference,
  temporaryFolder,
  writeImage,
} from '../support/made-tarball.ts'

const image = practiceImage('verify', 40_000)
const { index } = makeIndex({ children: [image] })
const layout = layoutOf(image, practiceReference, [index])

async function verifyBytes(folder: string, bytes: Uint8Array): Promise<Problem[]> {
  const path = join(folder, 'changed.tar')
  await writeFile(path, bytes)
  const tarball = await openTarball([path])
  try {
    return await verifyTarball(tarball)
  } finally {
    await tarball.close()
  }
}

async function wholeTarball(folder: string): Promise<Buffer> {
  await writeImage(folder, image, { extras: [index] })
  return await readFile(join(folder, 'practice.tar'))
}

/** Numbers below `limit`, the same for the same seed. */
function dice(seed: string): (limit: number) => number {
  const bytes = Buffer.from(noise(seed, 4 * 10_000))
  let at = 0
  return (limit) => {
    at += 4
    return bytes.readUInt32LE(at % (bytes.length - 4)) % limit
  }
}

type Corruption = (
  bytes: Buffer,
  roll: (limit: number) => number,
  layout: TarballLayout,
) => Uint8Array

const corruptions: Record<string, Corruption> = {
  'one bit': (bytes, roll) => {
    const at = roll(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(8))
    return bytes
  },
  'one bit of a header, a list or padding': (bytes, roll, { members, sizeBytes }) => {
    const spans = members.flatMap(({ headerOffset, dataOffset, sizeBytes: length, name }) => [
      [headerOffset, dataOffset + (name.startsWith('blobs/') ? 0 : length)] as const,
      [dataOffset + length, Math.ceil((dataOffset + length) / 512) * 512] as const,
    ])
    const all = [...spans, [sizeBytes - 1024, sizeBytes] as const].filter(([from, to]) => to > from)
    const [from, to] = all[roll(all.length)] ?? [0, 1]
    const at = from + roll(to - from)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(8))
    return bytes
  },
  'a truncation': (bytes, roll) => bytes.subarray(0, roll(bytes.length)),
  'a zeroed tail': (bytes, roll) => bytes.fill(0, 1 + roll(bytes.length - 2048)),
  'a lost piece': (bytes, roll) => {
    const at = roll(bytes.length - 600)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 512)])
  },
  'swapped members': (bytes, roll, { members }) => {
    const places = members.map(({ headerOffset, dataOffset, sizeBytes }) => ({
      from: headerOffset,
      to: dataOffset + Math.ceil(sizeBytes / 512) * 512,
    }))
    const first = roll(places.length - 1)
    const second = first + 1 + roll(places.length - first - 1)
    const a = places[first] ?? { from: 0, to: 0 }
    const b = places[second] ?? { from: 0, to: 0 }
    return Buffer.concat([
      bytes.subarray(0, a.from),
      bytes.subarray(b.from, b.to),
      bytes.subarray(a.to, b.from),
      bytes.subarray(a.from, a.to),
      bytes.subarray(b.to),
    ])
  },
  'bytes after the end': (bytes, roll) =>
    Buffer.concat([bytes, Buffer.alloc(1 + roll(2000), roll(2))]),
}

describe('verifying a tarball', () => {
  it('finds nothing wrong with a good one, and reads all of it', async () => {
    const folder = await temporaryFolder()
    const bytes = await wholeTarball(folder)
    const tarball = await openTarball([join(folder, 'practice.tar')])
    let read = 0
    const problems = await verifyTarball(tarball, { onProgress: (done) => (read = done) })
    expect(problems).toEqual([])
    expect(read).toBe(bytes.length)
    await tarball.close()
  })

  it.each(Object.keys(corruptions))('finds %s, thirty times of thirty', async (kind) => {
    const folder = await temporaryFolder()
    const bytes = await wholeTarball(folder)
    const roll = dice(kind)
    for (let round = 0; round < 30; round += 1) {
      const changed = corruptions[kind]?.(Buffer.from(bytes), roll, layout) ?? bytes
      const problems = await verifyBytes(folder, changed)
      expect(problems, `round ${round}`).not.toEqual([])
    }
  })

  it('tells which layer is wrong, and where', async () => {
    const folder = await temporaryFolder()
    const bytes = await wholeTarball(folder)
    const layer = layout.members.at(-2)
    if (layer === undefined) throw new Error('no layer')
    bytes[layer.dataOffset + 100] = (bytes[layer.dataOffset + 100] ?? 0) ^ 1
    expect(await verifyBytes(folder, bytes)).toMatchObject([
      {
        kind: 'digest-mismatch',
        member: layer.name,
        offset: layer.dataOffset,
        length: layer.sizeBytes,
      },
    ])
  })

  it('tells how much is missing', async () => {
    const folder = await temporaryFolder()
    const bytes = await wholeTarball(folder)
    const cut = bytes.subarray(0, -5000)
    expect(await verifyBytes(folder, cut)).toMatchObject([
      { kind: 'truncated', offset: cut.length, length: 5000, member: layout.members.at(-1)?.name },
    ])
  })

  it('finds damage in a header of a layer and goes on to the next', async () => {
    const folder = await temporaryFolder()
    const bytes = await wholeTarball(folder)
    const [first, second] = layout.members.slice(-2)
    if (first === undefined || second === undefined) throw new Error('no layers')
    bytes[first.headerOffset + 130] = 0x37
    bytes[second.dataOffset + 1] = 0
    expect(await verifyBytes(folder, bytes)).toMatchObject([
      { kind: 'header', member: first.name },
      { kind: 'digest-mismatch', member: second.name },
    ])
  })

  it('holds each file against its sum', async () => {
    const folder = await temporaryFolder()
    const { files } = await writeImage(folder, image, { maxFileSizeBytes: 20_000 })
    const tarball = await openTarball(files.map(({ name }) => join(folder, name)))
    const sums = files.map(({ sha256 }) => sha256)
    expect(await verifyTarball(tarball, { sums })).toEqual([])
    expect(await verifyTarball(tarball, { sums: [sums[0], 'f'.repeat(64)] })).toMatchObject([
      { kind: 'checksum', offset: 20_000, length: 20_000 },
    ])
    await tarball.close()
  })

  it('notices when the platform was changed', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, image)
    const bytes = await readFile(join(folder, 'practice.tar'))
    const at = bytes.indexOf('"architecture":"amd64"')
    bytes.write('"architecture":"amd65"', at)
    expect(await verifyBytes(folder, bytes)).toMatchObject([
      { kind: 'document', member: 'index.json' },
    ])
  })

  it('ends when it is aborted', async () => {
    const folder = await temporaryFolder()
    await wholeTarball(folder)
    const tarball = await openTarball([join(folder, 'practice.tar')])
    await expect(
      verifyTarball(tarball, {}, AbortSignal.abort(new Error('enough'))),
    ).rejects.toThrow('enough')
    await tarball.close()
  })
})
