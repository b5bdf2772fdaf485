import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHttp } from '../../main/net/http.ts'
import { noProxies } from '../../main/net/proxy.ts'
import { publicSite } from '../../main/ngc/site.ts'
import { Secret } from '../../main/ngc/secret.ts'
import { createRegistry, type Registry, type RegistryOptions } from '../../main/registry/client.ts'
import { parsePlatform } from '../../main/registry/platform.ts'
import { resolveImage } from '../../main/registry/resolve.ts'
import { makeImage, makeIndex, makeLayer } from '../../main/sandbox/image.ts'
import { makeCertificates } from '../support/certificates.ts'
import { describeWith } from '../support/parts.ts'
import { login, startRegistry, type RealRegistry } from '../support/registry.ts'

const layers = [
  makeLayer({ seed: 'base', sizeBytes: 3_000_000 }),
  makeLayer({ seed: 'top', sizeBytes: 10_000 }),
]
const amd = makeImage({ platform: parsePlatform('linux/amd64'), layers })
const arm = makeImage({ platform: parsePlatform('linux/arm64'), layers, format: 'docker' })

function client(options: Partial<RegistryOptions> & { authority?: string } = {}): Registry {
  const { authority, ...rest } = options
  const http = createHttp({
    proxy: noProxies,
    ...(authority !== undefined && { extraCertificates: [authority] }),
  })
  return createRegistry({ http, site: publicSite, ...rest })
}

describeWith(['docker-registry'], 'a real registry', () => {
  let real: RealRegistry
  beforeAll(async () => {
    real = await startRegistry()
    await real.push('team/base', amd, '1.0')
    await real.push('team/multi', amd)
    await real.push('team/multi', arm)
    await real.push('team/multi', { manifest: makeIndex({ children: [amd, arm] }).index }, '2.0')
  })
  afterAll(() => real.stop())

  test('an image is resolved, and its layers are the ones that were pushed', async () => {
    const registry = client()
    const at = { registry: real.host, repository: 'team/base' }
    const { images } = await resolveImage(registry, { ...at, tag: '1.0' }, 'linux/amd64')
    expect(images[0]!.manifest.descriptor).toEqual(amd.manifest.descriptor)
    expect(images[0]!.config.bytes).toEqual(amd.config.bytes)
    for (const [index, descriptor] of images[0]!.layers.entries()) {
      const bytes = await buffer(registry.blob(at, descriptor))
      expect(bytes.equals(layers[index]!.bytes)).toBe(true)
    }
    expect(registry.access(at)).toBe('open')
  })

  test('ranges side by side are the blob', async () => {
    const registry = client()
    const { descriptor, bytes } = layers[0]!
    const half = Math.floor(descriptor.size / 2)
    const parts = await Promise.all(
      [
        { startByte: 0, endByte: half },
        { startByte: half, endByte: descriptor.size },
      ].map((range) =>
        buffer(registry.range({ registry: real.host, repository: 'team/base' }, descriptor, range)),
      ),
    )
    expect(Buffer.concat(parts).equals(bytes)).toBe(true)
  })

  test('an index of both formats gives every platform', async () => {
    const reference = { registry: real.host, repository: 'team/multi', tag: '2.0' }
    const { images } = await resolveImage(client(), reference, 'all')
    expect(images.map(({ manifest }) => manifest.descriptor.digest)).toEqual(
      [amd, arm].map(({ manifest }) => manifest.descriptor.digest),
    )
  })

  test('what is not there is not found', async () => {
    const registry = client()
    const at = { registry: real.host, repository: 'team/base' }
    await expect(registry.manifest({ ...at, tag: '9' })).rejects.toMatchObject({
      code: 'not-found',
    })
    const digest = `sha256:${'0'.repeat(64)}` as const
    await expect(
      buffer(registry.blob(at, { mediaType: '', digest, size: 5 })),
    ).rejects.toMatchObject({ code: 'not-found' })
    await expect(
      registry.manifest({ ...at, repository: 'no/such', tag: '1' }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a manifest is got by its digest', async () => {
    const { digest } = amd.manifest.descriptor
    const at = { registry: real.host, repository: 'team/base', digest }
    expect((await client().manifest(at)).bytes).toEqual(amd.manifest.bytes)
  })
})

const credentials = () => ({
  kind: 'password' as const,
  username: login.username,
  password: new Secret(login.password),
})

describeWith(['docker-registry', 'openssl'], 'a real registry with TLS and a login', () => {
  let certificates: Awaited<ReturnType<typeof makeCertificates>>
  let real: RealRegistry
  beforeAll(async () => {
    certificates = await makeCertificates()
    const { authority, server: certificate } = certificates
    real = await startRegistry({ login: true, certificate, authority })
    await real.push('team/private', amd, '1.0')
  })
  afterAll(() => real.stop())

  const reference = () => ({ registry: real.host, repository: 'team/private', tag: '1.0' })
  test('with the authority and the login everything is had', async () => {
    const registry = client({ authority: certificates.authority, credentials })
    await resolveImage(registry, reference(), 'linux/amd64')
    const { descriptor, bytes } = layers[0]!
    expect((await buffer(registry.blob(reference(), descriptor))).equals(bytes)).toBe(true)
    expect(registry.access(reference())).toBe('credentials')
  })

  test('without the login it says no', async () => {
    const registry = client({ authority: certificates.authority })
    await expect(registry.manifest(reference())).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('with a wrong login it says no', async () => {
    const registry = client({
      authority: certificates.authority,
      credentials: () => ({ ...credentials(), password: new Secret('wrong') }),
    })
    await expect(registry.manifest(reference())).rejects.toMatchObject({ code: 'denied' })
  })

  test('without the authority nothing is asked', async () => {
    await expect(client({ credentials }).manifest(reference())).rejects.toMatchObject({
      code: 'network',
      kind: 'certificate',
    })
  })
})
