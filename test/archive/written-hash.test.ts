import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { OpenBlob } from '../../main/archive/write.ts'
import { verified } from '../../main/registry/verified-stream.ts'
import { layoutOf, practiceImage, temporaryFolder, writeImage } from '../support/made-tarball.ts'

const image = practiceImage('hashed where it is written', 3_000_000)

/** Gives each layer in pieces of odd lengths from odd places of memory, and leaves its digest to who writes. */
function opening(change: (bytes: Uint8Array) => void = () => undefined): OpenBlob {
  return async ({ digest, size }, _signal, { hasher }) => {
    const layer = image.layers.find(({ descriptor }) => descriptor.digest === digest)
    if (layer === undefined || hasher === undefined) throw new Error('nothing to do')
    const bytes = Uint8Array.from([0, 0, 0, ...layer.bytes]).subarray(3)
    change(bytes)
    const expected = { digest, sizeBytes: size, name: 'practice' }
    return Readable.from(verified(pieces(bytes), expected, { hasher }))
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0, length = 1; at < bytes.length; at += length, length = (length * 7) % 150_001)
    yield bytes.subarray(at, at + length)
}

const cutShort: OpenBlob = async (descriptor, signal, from) => {
  const whole = await opening()(descriptor, signal, from)
  return Readable.from(
    (async function* () {
      for await (const chunk of whole) {
        yield chunk
        throw new Error('the line dropped')
      }
    })(),
  )
}

describe('a layer that is hashed where its file is', () => {
  it('is written as it came', async () => {
    const folder = await temporaryFolder()
    await writeImage(folder, image, { openBlob: opening() })
    const tarball = await readFile(join(folder, 'practice.tar'))
    for (const { source, dataOffset, sizeBytes } of layoutOf(image).members) {
      if (source.kind !== 'blob') continue
      const { digest } = source.descriptor
      const layer = image.layers.find(({ descriptor }) => descriptor.digest === digest)
      expect(tarball.subarray(dataOffset, dataOffset + sizeBytes).equals(layer!.bytes)).toBe(true)
    }
  })

  it.each([0, 1_500_000, 2_999_000])('is refused with another byte at %i', async (at) => {
    const folder = await temporaryFolder()
    const openBlob = opening((bytes) => {
      if (at < bytes.length) bytes[at]! ^= 1
    })
    await expect(writeImage(folder, image, { openBlob })).rejects.toMatchObject({
      code: 'digest-mismatch',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('does not wait for a digest when the stream is cut short', async () => {
    const folder = await temporaryFolder()
    await expect(writeImage(folder, image, { openBlob: cutShort })).rejects.toThrow(
      'the line dropped',
    )
    expect(await readdir(folder)).toEqual([])
  })
})
