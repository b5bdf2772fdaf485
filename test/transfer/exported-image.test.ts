import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { layoutTarball } from '../../main/archive/layout.ts'
import { openTarball } from '../../main/archive/parts.ts'
import { readTarball } from '../../main/archive/read.ts'
import { verifyTarball } from '../../main/archive/verify.ts'
import { writeTarball } from '../../main/archive/write.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { exportedImage } from '../../main/transfer/exported-image.ts'
import { blobsOf, amd64, practiceReference, temporaryFolder } from '../support/made-tarball.ts'
import { read, tarOf } from '../support/source.ts'

const layers = ['a', 'b', 'c'].map((seed) => makeLayer({ seed, compression: 'none' }))
const unpacked = makeImage({ platform: amd64, layers })
const published = makeImage({
  platform: amd64,
  layers: ['a', 'b', 'c'].map((seed) => makeLayer({ seed, compression: 'gzip' })),
})
const planned = {
  ...published,
  layers: published.layers.map(({ descriptor }) => descriptor),
  extras: [],
}

/** As `docker save` gives it: the layers in an order of its own, the lists last. */
async function exported(config = published.config) {
  const [a, b, c] = layers.map(({ bytes }) => bytes)
  const name = `${config.descriptor.digest.slice('sha256:'.length)}.json`
  const Layers = ['z/layer.tar', 'm/layer.tar', 'a/layer.tar']
  const archive = tarOf({
    'a/layer.tar': c,
    'm/layer.tar': b,
    'z/layer.tar': a,
    [name]: config.bytes,
    'manifest.json': [{ Config: name, RepoTags: [practiceReference], Layers }],
  })
  const reading = await read(archive)
  if (reading.status !== 'complete') throw new Error(reading.detail)
  return reading.images[0]!
}

describe('an image out of an engine', () => {
  it('becomes a tarball of ours, its layers in the order in which the engine gave them', async () => {
    const { resolved, offsets } = exportedImage(planned, await exported())
    expect(resolved.config.descriptor.digest).toBe(published.config.descriptor.digest)
    expect(resolved.layers.map(({ digest }) => digest)).toEqual(layers.map(({ diffId }) => diffId))
    const layout = layoutTarball(resolved, practiceReference)
    const written = layout.members.flatMap(({ source }) =>
      source.kind === 'blob' ? [source.descriptor.digest] : [],
    )
    expect(written).toEqual(layers.map(({ diffId }) => diffId).toReversed())
    const places = written.map((digest) => offsets.get(digest) ?? 0)
    expect(places).toEqual(places.toSorted((x, y) => x - y))

    const folder = await temporaryFolder()
    const openBlob = blobsOf(unpacked)
    await writeTarball(
      { layout, folder, name: 'practice.tar', openBlob },
      new AbortController().signal,
    )
    const tarball = await openTarball([join(folder, 'practice.tar')])
    expect(await readTarball(tarball)).toMatchObject({ status: 'complete', kind: 'ngc-replicator' })
    expect(await verifyTarball(tarball)).toEqual([])
    await tarball.close()
  })

  it('is refused when it is another than was planned', async () => {
    const other = makeImage({ platform: amd64, layers, env: ['OTHER=1'] })
    const image = await exported(other.config)
    expect(() => exportedImage(planned, image)).toThrow('another image')
  })
})
