import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTarball } from '../../main/archive/read.ts'
import { END_BYTES, encodeHeader } from '../../main/archive/tar-header.ts'
import { collectMembers } from '../../main/archive/tar-members.ts'
import { makeIndex, publish } from '../../main/sandbox/image.ts'
import { layoutOf, practiceImage } from '../support/made-tarball.ts'
import { blobsIn, read, sourceOf, tarOf } from '../support/source.ts'

const plainHeader = (): Buffer => Buffer.from(encodeHeader('blobs/sha256/a', 3))

/** Writes a checksum anew, after a field of a header was changed. */
function signed(header: Buffer): Buffer {
  header.write('        ', 148)
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

const link = (name: string, target: string, type: string): Buffer => {
  const bytes = Buffer.from(encodeHeader(name, 0))
  bytes.write(target, 157)
  bytes.write(type, 156)
  return signed(bytes)
}

describe('hostile archives', () => {
  it.each([
    {
      what: 'a negative size',
      field: Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]),
    },
    {
      what: 'a size beyond any file',
      field: Buffer.from([0x80, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    },
    { what: 'a size that is no number', field: Buffer.from('99999999999\0') },
  ])('with $what are refused', async ({ field }) => {
    const bytes = plainHeader()
    field.copy(bytes, 124)
    const { members, ending } = await collectMembers(sourceOf(signed(bytes)))
    expect(members).toEqual([])
    expect(ending.kind).toBe('damaged')
  })

  it('with extended headers that never end are refused', async () => {
    const pax = plainHeader()
    pax.write('x', 156)
    signed(pax)
    const data = Buffer.alloc(512)
    const endless = Buffer.concat(Array.from({ length: 2000 }, () => [pax, data]).flat())
    expect((await collectMembers(sourceOf(endless))).ending.kind).toBe('damaged')
    const long = Buffer.from(encodeHeader('x', 2 ** 33))
    long.write('L', 156)
    expect((await collectMembers(sourceOf(signed(long)))).ending.kind).toBe('damaged')
  })

  it('with a million members are refused in a moment', async () => {
    const block = plainHeader()
    block.write('00000000000\0', 124)
    signed(block)
    const source = {
      sizeBytes: 512 * 1_000_000,
      read: async (buffer: Uint8Array) => {
        for (let at = 0; at < buffer.length; at += 512) buffer.set(block, at)
        return buffer.length
      },
    }
    const { ending } = await collectMembers(source)
    expect(ending).toMatchObject({
      kind: 'damaged',
      detail: expect.stringContaining('100000 members'),
    })
    expect(await readTarball(source)).toMatchObject({ status: 'damaged' })
  })

  it('with links out of the archive, in circles, to devices, find nothing', async () => {
    const list = [
      { Config: 'a', RepoTags: null, Layers: ['out', 'device', '../../etc/passwd', '/etc/passwd'] },
    ]
    const bytes = Buffer.concat([
      link('a', 'b', '2'),
      link('b', 'a', '2'),
      link('out', '../../../etc/passwd', '2'),
      link('device', '', '3'),
      tarOf({ 'manifest.json': list }),
    ])
    const reading = await read(bytes)
    expect(reading).toMatchObject({
      status: 'damaged',
      images: [
        { references: [], missing: ['a', 'out', 'device', '../../etc/passwd', '/etc/passwd'] },
      ],
    })
  })

  it('with two members of one name are damaged, since readers would differ', async () => {
    const image = practiceImage()
    const once = tarOf({ 'manifest.json': [], ...blobsIn(image) }).subarray(0, -END_BYTES)
    expect(await read(Buffer.concat([once, tarOf({ 'manifest.json': [] })]))).toMatchObject({
      status: 'damaged',
    })
  })

  it('with a list of lists without end stop', async () => {
    const image = practiceImage()
    let last = makeIndex({ children: [image] }).index
    const files: Record<string, Uint8Array> = blobsIn(image)
    for (let depth = 0; depth < 50; depth += 1) {
      files[last.descriptor.digest.replace('sha256:', 'blobs/sha256/')] = last.bytes
      last = publish(last.descriptor.mediaType, { schemaVersion: 2, manifests: [last.descriptor] })
    }
    const bytes = tarOf({
      'index.json': JSON.parse(Buffer.from(last.bytes).toString()) as unknown,
      ...files,
    })
    expect(await read(bytes)).toMatchObject({ status: 'damaged' })
  })

  it('of any bytes at all give an answer', async () => {
    const bytes = Buffer.concat(layoutOf(practiceImage()).members.map(({ header: block }) => block))
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat(bytes.length),
        async (noise, at) => {
          const changed = Buffer.from(bytes)
          changed.set(
            noise.subarray(0, Math.max(0, changed.length - at)),
            Math.min(at, changed.length),
          )
          const { status } = await read(changed)
          expect(['torn', 'damaged', 'foreign', 'complete']).toContain(status)
        },
      ),
    )
  })
})
