import { afterEach, expect, test } from 'vitest'
import type { MadeImage } from '../../main/sandbox/image.ts'
import { digestOf, makeImage, makeIndex, makeLayer, publish } from '../../main/sandbox/image.ts'
import type { Published } from '../../main/registry/manifest.ts'
import { parsePlatform, formatPlatform } from '../../main/registry/platform.ts'
import { parseReference } from '../../main/registry/reference.ts'
import { resolveImage } from '../../main/registry/resolve.ts'
import { registryAt } from '../support/registry-client.ts'
import { serve } from '../support/server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

/** A registry of manifests by tag or digest, and of blobs. */
async function holding(tags: Record<string, Published>, documents: readonly Published[]) {
  const known = new Map(documents.map((each) => [each.descriptor.digest as string, each]))
  const server = await serve(({ url }, response) => {
    const name = url.split('/').at(-1)!
    const found = tags[name] ?? known.get(name)
    if (!found) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': found.descriptor.mediaType }).end(found.bytes)
  })
  const { registry, http } = registryAt(server.url)
  open.push(server, http)
  return { registry, server }
}

function image(platform: string): MadeImage {
  return makeImage({ platform: parsePlatform(platform), layers: [makeLayer({ seed: platform })] })
}

const documentsOf = (...images: readonly MadeImage[]): Published[] =>
  images.flatMap(({ manifest, config }) => [manifest, config])
const reference = parseReference('nvidia/pytorch:1')
const amd = image('linux/amd64')
const arm = image('linux/arm64')

test('a plain manifest is one image, its platform that of its config', async () => {
  const { registry } = await holding({ '1': arm.manifest }, documentsOf(arm))
  const { images, note } = await resolveImage(registry, reference, 'linux/arm64')
  expect(images).toEqual([
    {
      platform: { os: 'linux', architecture: 'arm64' },
      manifest: arm.manifest,
      config: arm.config,
      layers: arm.layers.map(({ descriptor }) => descriptor),
      extras: [],
    },
  ])
  expect(note).toBeUndefined()
})

test('an image for one platform only is taken as it is, and said', async () => {
  const plain = await holding({ '1': arm.manifest }, documentsOf(arm))
  const taken = await resolveImage(plain.registry, reference, 'linux/amd64')
  expect(taken.note).toBe('nvcr.io/nvidia/pytorch:1 exists for linux/arm64 only')

  const { index, attestations } = makeIndex({ children: [arm], attestations: true })
  const listed = await holding({ '1': index }, documentsOf(arm, ...attestations))
  const { images, note } = await resolveImage(listed.registry, reference, 'linux/amd64')
  expect(images.map(({ platform }) => formatPlatform(platform))).toEqual(['linux/arm64'])
  expect(note).toContain('exists for linux/arm64 only')
})

test('of an index the wanted image is taken, and the index travels along', async () => {
  const { index } = makeIndex({ children: [amd, arm] })
  const { registry, server } = await holding({ '1': index }, documentsOf(amd, arm))
  const { images } = await resolveImage(registry, reference, 'linux/arm64')
  expect(images).toHaveLength(1)
  expect(images[0]!.manifest.descriptor.digest).toBe(arm.manifest.descriptor.digest)
  expect(images[0]!.extras.map(({ descriptor }) => descriptor.digest)).toEqual([
    index.descriptor.digest,
  ])
  expect(server.requests).toHaveLength(3)
})

test('all means every platform, attestations not counted but carried when asked for', async () => {
  const { index, attestations } = makeIndex({ children: [amd, arm], attestations: true })
  const layers = attestations.flatMap((each) => each.layers)
  const { registry } = await holding({ '1': index }, [
    ...documentsOf(amd, arm, ...attestations),
    ...layers.map(({ descriptor, bytes }) => ({ descriptor, bytes })),
  ])
  const { images } = await resolveImage(registry, reference, 'all', {
    carry: { attestations: true },
  })
  expect(images.map(({ platform }) => formatPlatform(platform))).toEqual([
    'linux/amd64',
    'linux/arm64',
  ])
  for (const [at, { extras }] of images.entries()) {
    expect(extras.map(({ descriptor }) => descriptor.digest)).toContain(
      attestations[at]!.manifest.descriptor.digest,
    )
    for (const { descriptor, bytes } of extras) expect(digestOf(bytes)).toBe(descriptor.digest)
  }
})

test('a platform that is not there is an error that lists what is', async () => {
  const { index } = makeIndex({ children: [amd, arm] })
  const { registry } = await holding({ '1': index }, documentsOf(amd, arm))
  await expect(resolveImage(registry, reference, 'linux/ppc64le')).rejects.toMatchObject({
    code: 'not-found',
    message: 'nvcr.io/nvidia/pytorch:1 does not exist for linux/ppc64le.',
    hint: 'It exists for linux/amd64, linux/arm64.',
  })
})

test('the signature of the published digest is carried; a missing one costs one request', async () => {
  const payload = publish('application/vnd.dev.cosign.simplesigning.v1+json', { critical: {} })
  const config = publish('application/vnd.oci.image.config.v1+json', { architecture: '' })
  const signature = publish('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    config: config.descriptor,
    layers: [payload.descriptor],
  })
  const tag = amd.manifest.descriptor.digest.replace(':', '-')
  const carry = { signatures: true }
  const signed = await holding({ '1': amd.manifest, [`${tag}.sig`]: signature }, [
    ...documentsOf(amd),
    payload,
    config,
  ])
  const { images } = await resolveImage(signed.registry, reference, 'linux/amd64', { carry })
  expect(images[0]!.extras.map(({ descriptor }) => descriptor.digest)).toEqual(
    [signature, config, payload].map(({ descriptor }) => descriptor.digest),
  )
  const bare = await holding({ '1': amd.manifest }, documentsOf(amd))
  const resolved = await resolveImage(bare.registry, reference, 'linux/amd64', { carry })
  expect(resolved.images[0]!.extras).toEqual([])
  expect(bare.server.requests).toHaveLength(3)
})

test('what is no container image is refused by name', async () => {
  const chart = publish('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    config: { ...amd.config.descriptor, mediaType: 'application/vnd.cncf.helm.config.v1+json' },
    layers: [],
  })
  const { registry } = await holding({ '1': chart }, documentsOf(amd))
  await expect(resolveImage(registry, reference, 'linux/amd64')).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('helm') as string,
  })
})
