import zlib from 'node:zlib'
import { open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTarball } from '../../main/archive/parts.ts'
import { readTarball } from '../../main/archive/read.ts'
import { verifyTarball } from '../../main/archive/verify.ts'
import { encodeHeader, paddingAfter } from '../../main/archive/tar-header.ts'
import { inventory } from '../../main/library/inventory.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { blobsIn, sourceOf, tarOf } from '../support/source.ts'
import { layoutOf, practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'
import { evilDocument, evilText, runs } from './evil.ts'

const image = practiceImage('hostile', 2000)
const layout = layoutOf(image)
const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

/** A header with any fields, its checksum right, so that it is believed. */
const header = fc
  .record({
    name: evilText,
    link: evilText,
    type: fc.constantFrom(...'01234567xgLKSVDN\0'.split('')),
    size: fc.oneof(
      fc.nat(3000).map((size) => `${size.toString(8).padStart(11, '0')}\0`),
      fc.constantFrom(
        '77777777777\0',
        '-1\0',
        '99999999999\0',
        '\u0080\0\0\0\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF',
        '\u00FF'.repeat(12),
        ' '.repeat(12),
      ),
    ),
    magic: fc.constantFrom('ustar\u000000', 'ustar  \0', '\0'.repeat(8)),
    prefix: evilText,
  })
  .map(({ name, link, type, size, magic, prefix }) => {
    const block = Buffer.alloc(512)
    block.write(name, 0, 100)
    block.write('0000644\0', 100)
    block.write(size, 124, 12, 'latin1')
    block.write(type, 156, 'latin1')
    block.write(link, 157, 100)
    block.write(magic, 257, 8, 'latin1')
    block.write(prefix, 345, 155)
    block.fill(' ', 148, 156)
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return block
  })

const paxOf = (record: string): Buffer => {
  const body = Buffer.from(record)
  const block = Buffer.from(
    encodeHeader('PaxHeader', body.length, { mode: 0, modified: 0, type: 'x' }),
  )
  return Buffer.concat([block, body, Buffer.alloc(paddingAfter(body.length))])
}
const pax = fc
  .tuple(fc.constantFrom('path', 'linkpath', 'size', 'GNU.sparse.size', '__proto__'), evilText)
  .map(([key, value]) => {
    const rest = ` ${key}=${value}\n`
    const length = Buffer.byteLength(rest)
    return paxOf(`${length + String(length + 2).length}${rest}`)
  })

const good = Buffer.concat(
  layout.members.flatMap(({ header: block, source, sizeBytes }) => [
    block,
    source.kind === 'bytes' ? source.bytes : Buffer.alloc(sizeBytes),
    Buffer.alloc(paddingAfter(sizeBytes)),
  ]),
)

/** Blocks of which some are headers to be believed, before, amid or after what is good. */
const archive = fc
  .tuple(
    fc.array(
      fc.oneof(
        header,
        pax,
        fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
      ),
      { maxLength: 6 },
    ),
    fc.nat(good.length / 512),
  )
  .map(([blocks, at]) =>
    Buffer.concat([good.subarray(0, at * 512), ...blocks, good.subarray(at * 512)]),
  )

describe('whatever an archive is made of', () => {
  it('reading and verifying it ends in an answer, and writes nothing', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'evil.tar')
    await fc.assert(
      fc.asyncProperty(archive, async (bytes) => {
        const { status } = await readTarball(sourceOf(bytes))
        await writeFile(path, bytes)
        const tarball = await openTarball([path])
        const problems = await verifyTarball(tarball)
        await tarball.close()
        if (status !== 'complete') expect(problems).not.toEqual([])
        for (const { from } of problems) if (from) expect(from.file).toBe('evil.tar')
      }),
      runs(250),
    )
    expect(await readdir(folder)).toEqual(['evil.tar'])
  })

  it.each([
    ['index.json', jsonOf(layoutBytes('index.json'))],
    ['manifest.json', jsonOf(layoutBytes('manifest.json'))],
    ['a manifest', jsonOf(image.manifest.bytes)],
    ['a config', jsonOf(image.config.bytes)],
  ])('%s in it, an inventory and a verification come of it', async (name, document) => {
    const folder = await temporaryFolder()
    await fc.assert(
      fc.asyncProperty(evilDocument(document), async (text) => {
        const lists = Object.fromEntries(
          ['oci-layout', 'index.json', 'manifest.json'].map((own) => [
            own,
            own === name ? Buffer.from(text) : Buffer.from(layoutBytes(own)),
          ]),
        )
        const config = name === 'a config' ? { 'config.json': Buffer.from(text) } : {}
        const manifest = [{ Config: 'config.json', RepoTags: ['evil:1'], Layers: [] }]
        const bytes =
          name === 'a config'
            ? tarOf({ ...config, 'manifest.json': manifest })
            : tarOf({ ...lists, ...blobsIn(image) })
        await writeFile(join(folder, 'evil.tar'), bytes)
        const { images } = await inventory(folder)
        expect(images.length).toBeGreaterThan(0)
        const tarball = await openTarball([join(folder, 'evil.tar')])
        await verifyTarball(tarball)
        await tarball.close()
      }),
      runs(60),
    )
  })

  it('names made of slashes take no time', async () => {
    const paths = Array.from({ length: 100 }, (_, count) => `a${'/'.repeat(60_000)}${count}`)
    const bytes = tarOf({ 'manifest.json': [{ Config: 'c', RepoTags: null, Layers: paths }] })
    const started = performance.now()
    expect(await readTarball(sourceOf(bytes))).toMatchObject({ status: 'damaged' })
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

function layoutBytes(name: string): Uint8Array {
  const member = layout.members.find((one) => one.name === name)
  return member?.source.kind === 'bytes' ? member.source.bytes : new Uint8Array()
}

describe('the place of damage in a layer', () => {
  it.each([
    // RFC 1951, 3.2.4: the lengths of the second stored block.
    { compression: 'gzip', at: 10 + 5 + 65_535 + 1 },
    // RFC 8878, 3.1.1.2: the header of the second block, now of the reserved type.
    { compression: 'zstd', at: 13 + 3 + 131_072 },
    // The header of the second folder.
    { compression: 'none', at: 512 + 5 },
  ] as const)('ends where $compression makes no sense any more', async ({ compression, at }) => {
    const layer = makeLayer({ seed: 'place', sizeBytes: 400_000, compression })
    const made = makeImage({ platform: image.platform, layers: [layer] })
    const folder = await temporaryFolder()
    await writeImage(folder, made)
    const { dataOffset = 0 } = layoutOf(made).members.at(-1) ?? {}
    const path = join(folder, 'practice.tar')
    const file = await open(path, 'r+')
    await file.write(Buffer.alloc(3, 0xff), 0, 3, dataOffset + at)
    await file.close()
    const tarball = await openTarball([path])
    const [problem] = await verifyTarball(tarball)
    await tarball.close()
    expect(problem).toMatchObject({
      kind: 'digest-mismatch',
      digest: layer.descriptor.digest,
      from: { file: 'practice.tar', offset: dataOffset },
    })
    const end = (problem?.to?.offset ?? 0) - dataOffset
    if (compression === 'zstd' && !('createZstdDecompress' in zlib)) return
    expect(end).toBeGreaterThan(at)
    expect(end).toBeLessThan(at + 2 * 4096)
  })
})
