import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Digest } from '../../main/registry/reference.ts'
import { makeImage, makeLayer, type MadeLayer } from '../../main/sandbox/image.ts'
import { HeldBlobs } from '../../main/transfer/held-blobs.ts'
import { saveImage } from '../../main/transfer/save-image.ts'
import { imageToSave } from '../support/image-to-save.ts'
import { amd64, temporaryFolder } from '../support/made-tarball.ts'

const layers = ['x', 'y', 'z'].map((seed) => makeLayer({ seed, sizeBytes: 300_000 }))

const toSave = (tag: string, own: MadeLayer[]) =>
  imageToSave(makeImage({ platform: amd64, layers: own }), tag)

test('images that share layers in opposite order are saved side by side, each layer fetched once', async () => {
  const folder = await temporaryFolder()
  const fetched: Digest[] = []
  const bytes = new Map(layers.map((layer) => [layer.descriptor.digest, layer.bytes]))
  const source = {
    expect: () => () => undefined,
    bytesPerSecond: () => undefined,
    blob: (_: unknown, { digest }: { digest: Digest }) => {
      fetched.push(digest)
      return Readable.from([bytes.get(digest)])
    },
  }
  const held = new HeldBlobs(folder, new Map())
  const [x, y, z] = layers as [MadeLayer, MadeLayer, MadeLayer]
  const images = [toSave('one', [x, y, z]), toSave('two', [z, y, x]), toSave('three', [y, z, x])]
  const signal = AbortSignal.timeout(10_000)
  await Promise.all(images.map((image) => saveImage(image, { source, held, folder }, signal)))
  expect(fetched).toHaveLength(3)
  await rm(folder, { recursive: true })
})
