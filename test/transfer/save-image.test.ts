import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { tarballName } from '../../main/archive/name.ts'
import type { ImageToSave } from '../../main/plan/plan.ts'
import { parseReference, type Digest } from '../../main/registry/reference.ts'
import { makeLayer, type MadeLayer } from '../../main/sandbox/image.ts'
import { HeldBlobs } from '../../main/transfer/held-blobs.ts'
import { saveImage } from '../../main/transfer/save-image.ts'
import { layoutOf, temporaryFolder, amd64 } from '../support/made-tarball.ts'
import { makeImage } from '../../main/sandbox/image.ts'

const layers = ['x', 'y', 'z'].map((seed) => makeLayer({ seed, sizeBytes: 300_000 }))

function toSave(tag: string, own: MadeLayer[]): ImageToSave {
  const reference = parseReference(`nvidia/practice:${tag}`)
  const image = makeImage({ platform: amd64, layers: own })
  const layout = layoutOf(image, `nvcr.io/nvidia/practice:${tag}`)
  return {
    reference,
    platform: 'linux/amd64',
    digest: layout.digest,
    sizeBytes: layout.sizeBytes,
    notes: [],
    state: 'new',
    name: tarballName(reference, amd64),
    fetchBytes: 0,
    image: {
      platform: amd64,
      manifest: image.manifest,
      config: image.config,
      layers: own.map(({ descriptor }) => descriptor),
      extras: [],
    },
    layout,
    stateEntry: { repository: 'nvidia/practice', tag, changeKey: '' },
  }
}

test('images that share layers in opposite order are saved side by side, each layer fetched once', async () => {
  const folder = await temporaryFolder()
  const fetched: Digest[] = []
  const bytes = new Map(layers.map((layer) => [layer.descriptor.digest, layer.bytes]))
  const registry = {
    blob: (_: unknown, { digest }: { digest: Digest }) => {
      fetched.push(digest)
      return Readable.from([bytes.get(digest)])
    },
  }
  const held = new HeldBlobs(folder, new Map())
  const [x, y, z] = layers as [MadeLayer, MadeLayer, MadeLayer]
  const images = [toSave('one', [x, y, z]), toSave('two', [z, y, x]), toSave('three', [y, z, x])]
  const signal = AbortSignal.timeout(10_000)
  await Promise.all(images.map((image) => saveImage(image, { registry, held, folder }, signal)))
  expect(fetched).toHaveLength(3)
  await rm(folder, { recursive: true })
})
