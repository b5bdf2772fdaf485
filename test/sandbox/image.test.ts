import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { digestOf, emptyLayer, makeImage, makeIndex, makeLayer } from '../../main/sandbox/image.ts'
import { indexSchema, manifestSchema } from '../../main/registry/manifest.ts'

const amd64 = { os: 'linux', architecture: 'amd64' }
const read = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'))

test('equal options give equal bytes, on every machine', () => {
  const layer = makeLayer({ seed: 'a', sizeBytes: 100_000 })
  expect(makeLayer({ seed: 'a', sizeBytes: 100_000 }).bytes).toEqual(layer.bytes)
  expect(makeLayer({ seed: 'b', sizeBytes: 100_000 }).descriptor).not.toEqual(layer.descriptor)
  // Had these changed, so would the digest of every image of the sandbox.
  expect(layer.descriptor.digest).toBe(
    'sha256:e51a96f25d9688608e366006a599f626d8f911a4d579c0bf5b8da5ea4313bb2a',
  )
})

test('gzip layers are gzip, and their diff id is of what is inside', () => {
  const layer = makeLayer({ seed: 'a', sizeBytes: 300_000 })
  const inside = gunzipSync(layer.bytes)
  expect(digestOf(inside)).toBe(layer.diffId)
  expect(inside.length % 512).toBe(0)
  expect(layer.descriptor).toEqual({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: `sha256:${createHash('sha256').update(layer.bytes).digest('hex')}`,
    size: layer.bytes.length,
  })
})

test('layers come compressed in three ways over the same tar', () => {
  const [gzip, zstd, none] = (['gzip', 'zstd', 'none'] as const).map((compression) =>
    makeLayer({ seed: 'a', sizeBytes: 200_000, compression }),
  )
  expect(new Set([gzip?.diffId, zstd?.diffId, none?.diffId]).size).toBe(1)
  expect(none?.descriptor.digest).toBe(none?.diffId)
  expect(Buffer.from(zstd?.bytes ?? []).readUInt32LE(0)).toBe(0xfd2fb528)
})

test('the empty layer is the one that everybody knows', () => {
  expect(emptyLayer().descriptor).toMatchObject({
    size: 32,
    digest: 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4',
  })
  expect(gunzipSync(emptyLayer().bytes)).toEqual(Buffer.alloc(1024))
})

test('config and manifest tell of the same layers, repeats included', () => {
  const layers = [makeLayer({ seed: 'a' }), emptyLayer('ENV A=1'), emptyLayer('ENV B=2')]
  const image = makeImage({ platform: amd64, layers, env: ['A=1'], labels: { a: 'b' } })
  expect(read(image.config.bytes)).toMatchObject({
    architecture: 'amd64',
    config: { Env: [expect.stringMatching(/^PATH=/) as string, 'A=1'], Labels: { a: 'b' } },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({ created_by: createdBy })),
  })
  const manifest = manifestSchema.parse(read(image.manifest.bytes))
  expect(manifest.layers).toEqual(layers.map(({ descriptor }) => descriptor))
  expect(manifest.config).toEqual(image.config.descriptor)
  expect(digestOf(image.manifest.bytes)).toBe(image.manifest.descriptor.digest)
})

test('Docker’s format has Docker’s media types', () => {
  const layers = [makeLayer({ seed: 'a' }), makeLayer({ seed: 'b', compression: 'none' })]
  const image = makeImage({ platform: amd64, layers, format: 'docker' })
  expect(image.manifest.descriptor.mediaType).toMatch(/docker\.distribution\.manifest\.v2/)
  expect(image.layers.map(({ descriptor }) => descriptor.mediaType)).toEqual([
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'application/vnd.docker.image.rootfs.diff.tar',
  ])
})

test('an index lists its platforms, and attestations as unknown/unknown', () => {
  const children = ['amd64', 'arm64'].map((architecture) =>
    makeImage({ platform: { os: 'linux', architecture }, layers: [makeLayer({ seed: 'a' })] }),
  )
  const { index, attestations } = makeIndex({ children, attestations: true })
  const { manifests } = indexSchema.parse(read(index.bytes))
  expect(manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`)).toEqual([
    'linux/amd64',
    'linux/arm64',
    'unknown/unknown',
    'unknown/unknown',
  ])
  expect(manifests[2]?.digest).toBe(attestations[0]?.manifest.descriptor.digest)
  expect(manifests[2]?.annotations?.['vnd.docker.reference.digest']).toBe(manifests[0]?.digest)
})

test('a layer of 40 MB is made quickly', () => {
  const started = performance.now()
  makeLayer({ seed: 'large', sizeBytes: 40_000_000 })
  expect(performance.now() - started).toBeLessThan(5000)
})
